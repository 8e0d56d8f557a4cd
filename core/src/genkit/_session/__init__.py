# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Sessions and chats: state and threads of messages that outlive a call."""
