# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What releasekit knows about a workspace, as pure data: names, manifests, members, requirements, the graph."""
