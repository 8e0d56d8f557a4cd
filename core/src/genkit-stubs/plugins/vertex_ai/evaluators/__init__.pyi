# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
# Made by bin/fix from the table of older import paths.
# pyright: reportGeneralTypeIssues=false
from genkit_vertex_ai import *
from genkit_vertex_ai._older import *
