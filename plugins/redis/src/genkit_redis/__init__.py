# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Redis and Valkey for Genkit: a store for the sessions of agents."""

from genkit_redis.sessions import RedisSnapshots


__all__ = ['RedisSnapshots']
