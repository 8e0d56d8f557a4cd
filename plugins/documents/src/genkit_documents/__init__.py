# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Reads folders of text, Markdown, HTML and PDF, and splits what it reads into passages."""

from genkit_documents.files import read_file
from genkit_documents.folders import FolderOptions, iter_folder, read_folder
from genkit_documents.passages import split


__all__ = ['FolderOptions', 'iter_folder', 'read_file', 'read_folder', 'split']
