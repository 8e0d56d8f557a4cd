# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Puts media into a request in place of their addresses."""

import base64
from collections.abc import Callable
from typing import Any, Final

from pydantic import Field, model_validator

from genkit._base.http.download import DownloadLimits, download
from genkit._base.readers.media_type import check_media_type
from genkit._base.readers.older_options import SECOND, with_newer_names
from genkit.middleware.interface import BaseMiddleware, GenerateMiddlewareContext, ModelHookParams, ModelNext
from genkit.types import GenerateResponse, MediaPart, Message, Part, WireModel


_RENAMED: Final = {'timeout_seconds': ('timeout', SECOND)}


class DownloadRequestMediaConfig(WireModel):
    """Configuration of `DownloadRequestMedia`.

    Attributes:
        max_bytes: The maximum size of a file, in bytes.
        timeout: The timeout per file, in seconds.
        content_types: The accepted MIME types or families such as ``image/``.
        allowed_hosts: Host names or addresses that may be in a private network; all others must be public.
    """

    max_bytes: int = Field(default=20 * 2**20, gt=0)
    timeout: float = Field(default=30, gt=0)
    content_types: list[str] = Field(default=['image/', 'audio/', 'video/', 'application/pdf', 'text/'])
    allowed_hosts: list[str] = Field(default_factory=list)

    @model_validator(mode='before')
    @classmethod
    def _newer_names(cls, given: Any) -> Any:
        return with_newer_names(given, _RENAMED)


class DownloadRequestMedia(BaseMiddleware[DownloadRequestMediaConfig]):
    """Downloads the HTTP media of a request and replaces them by data URLs, for a model that cannot fetch.

    ``wanted`` may be given to choose the parts to fetch: ``DownloadRequestMedia(wanted=lambda part: …)``.
    """

    def __init__(self, config: Any = None, wanted: Callable[[MediaPart], bool] | None = None, **fields: Any) -> None:
        super().__init__(config, **fields)
        self._wanted = wanted

    async def wrap_model(
        self, params: ModelHookParams, ctx: GenerateMiddlewareContext, next_fn: ModelNext
    ) -> GenerateResponse[Any]:
        """Download the media, then call the model."""
        messages = [await self._filled(message) for message in params.request.messages]
        return await next_fn(ModelHookParams(params.request.replaced(messages=messages)), ctx)

    async def _filled(self, message: Message) -> Message:
        if not any(self._is_remote(part) for part in message.content):
            return message
        return message.replaced(content=[await self._inline(part) for part in message.content])

    def _is_remote(self, part: Part) -> bool:
        if not isinstance(part, MediaPart) or not part.media.url.lower().startswith(('http:', 'https:')):
            return False
        return self._wanted is None or self._wanted(part)

    async def _inline(self, part: Part) -> Part:
        if not isinstance(part, MediaPart) or not self._is_remote(part):
            return part
        config = self.config
        limits = DownloadLimits(
            max_bytes=config.max_bytes,
            timeout=config.timeout,
            content_types=config.content_types,
            allowed_hosts=config.allowed_hosts,
        )
        fetched = await download(part.media.url, limits)
        stated = part.media.content_type
        kind = check_media_type(stated, 'The content type of the part') if stated else fetched.content_type
        data = base64.b64encode(fetched.body).decode()
        return part.replaced(media=part.media.replaced(url=f'data:{kind};base64,{data}', content_type=kind))
