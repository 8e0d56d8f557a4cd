# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What plugins that export telemetry share: spans on their way out, sampling, and what is set up only once."""
