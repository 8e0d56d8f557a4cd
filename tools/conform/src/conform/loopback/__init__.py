# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Providers played on this machine: they read what a plugin sends, and answer what the test asks for."""
