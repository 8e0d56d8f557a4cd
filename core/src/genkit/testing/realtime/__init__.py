# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Servers on this machine that speak the protocols of real-time models."""
