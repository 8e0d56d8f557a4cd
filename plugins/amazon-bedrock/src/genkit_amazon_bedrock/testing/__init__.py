# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Bedrock's protocols, spoken by a loopback server in tests; requests are held against botocore's model of the API."""

from genkit_amazon_bedrock.testing.converse import ConverseWire
from genkit_amazon_bedrock.testing.frames import read_frames, to_frame
from genkit_amazon_bedrock.testing.invoke import (
    AsyncInvokeWire,
    InvokeWire,
    RerankWire,
    StabilityWire,
    TitanEmbedWire,
)
from genkit_amazon_bedrock.testing.requests import ReceivedCall, read_call


__all__ = [
    'AsyncInvokeWire',
    'ConverseWire',
    'InvokeWire',
    'ReceivedCall',
    'RerankWire',
    'StabilityWire',
    'TitanEmbedWire',
    'read_call',
    'read_frames',
    'to_frame',
]
