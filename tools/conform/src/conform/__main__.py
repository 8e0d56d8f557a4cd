# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""`python -m conform` is the command `conform`."""

import sys

from conform.cli import main


sys.exit(main())
