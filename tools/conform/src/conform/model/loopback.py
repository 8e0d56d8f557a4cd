# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How a plugin is pointed at a provider that is played on this machine."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Loopback(BaseModel):
    """`[tool.conform.loopback]` of a package.

    Attributes:
        wires: The wire formats as `module:Class`, by patterns of models' names; the first match counts. One that takes
            arguments is a table of them, with the class as `wire`.
        address: The argument of the plugin's class that takes the server's URL.
        config: Its further arguments.
        skip: Tests that need more than the provider, with the reason.
    """

    model_config = ConfigDict(extra='forbid')

    wires: dict[str, str | dict[str, Any]] = Field(default_factory=dict[str, str | dict[str, Any]])
    address: str = 'base_url'
    config: dict[str, Any] = Field(default_factory=lambda: {'api_key': 'key'})
    skip: dict[str, str] = Field(default_factory=dict[str, str])
