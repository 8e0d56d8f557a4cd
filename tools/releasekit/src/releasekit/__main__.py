# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""`python -m releasekit` is the command `releasekit`."""

import sys

from releasekit.cli import main


sys.exit(main())
