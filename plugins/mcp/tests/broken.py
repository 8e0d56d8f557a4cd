# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A program that is no MCP server: ``python broken.py exit|silent|rubbish``."""

import os
import sys
import time


what = sys.argv[1]
if what == 'exit':
    sys.stderr.write(f'the database is locked by {os.environ.get("OWNER", "somebody")}\n')
    raise SystemExit(3)
if what == 'rubbish':
    for _ in range(3):
        sys.stdout.write('Welcome to my server!\n')
    sys.stdout.flush()
time.sleep(60)
