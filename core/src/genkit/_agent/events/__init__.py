# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What an agent does, as one stream of events that every protocol of agents is made from."""
