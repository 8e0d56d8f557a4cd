# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Serve Genkit flows from Django applications."""

from genkit_django.plugin import flow_urls, genkit_django_handler


__all__ = ['flow_urls', 'genkit_django_handler']
