# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Calls of Model Armor's REST API.

Source: https://cloud.google.com/security-command-center/docs/reference/model-armor/rest
"""

import asyncio
import importlib
import re
import threading
from collections.abc import Sequence
from typing import Any, Final

import httpx
from genkit import GenkitError
from genkit.plugin import LoopClient, client_header, provider_error, read_json, reworded

from genkit_google_cloud.services import SOURCE
from genkit_google_cloud.verdicts import ArmorVerdict, Filter, read_verdict


_TEMPLATE: Final = re.compile(r'projects/[^/\s]+/locations/([a-z0-9-]+)/templates/[A-Za-z0-9_-]+')
_SCOPES: Final = ('https://www.googleapis.com/auth/cloud-platform',)


class ArmorService:
    """Asks Model Armor what is in a text, with tokens of Google's credentials.

    Args:
        template: The template's full name, ``projects/…/locations/…/templates/…``.
        credentials: Credentials of ``google.auth``; None for the default ones.
        endpoint: The address; None for that of the template's location.
        timeout: Seconds for a call.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a name that no template has.
    """

    def __init__(self, template: str, credentials: Any, endpoint: str | None, timeout: float) -> None:
        found = _TEMPLATE.fullmatch(template)
        if not found:
            raise GenkitError(
                f'The template of Model Armor is {template!r}; its name is of the form '
                'projects/<project>/locations/<location>/templates/<template>.',
                status='INVALID_ARGUMENT',
                source=SOURCE,
            )
        base = (endpoint or f'https://modelarmor.{found[1]}.rep.googleapis.com').rstrip('/')
        self._url = f'{base}/v1/{template}'
        self._credentials = credentials
        self._lock = threading.Lock()
        self._clients = LoopClient(lambda: httpx.AsyncClient(timeout=timeout, follow_redirects=False))

    async def check_prompt(self, text: str, filters: Sequence[Filter] | None) -> ArmorVerdict:
        """Return what is in a text that a model is given.

        Raises:
            GenkitError: If that is not known.
        """
        return await self._check('sanitizeUserPrompt', {'userPromptData': {'text': text}}, filters)

    async def check_response(self, text: str, prompt: str, filters: Sequence[Filter] | None) -> ArmorVerdict:
        """Return what is in a text that a model has written.

        Raises:
            GenkitError: If that is not known.
        """
        asked = {'userPrompt': prompt} if prompt else {}
        return await self._check('sanitizeModelResponse', {'modelResponseData': {'text': text}, **asked}, filters)

    async def aclose(self) -> None:
        """Close the connections of the running loop."""
        await self._clients.aclose()

    async def _check(self, method: str, body: dict[str, Any], filters: Sequence[Filter] | None) -> ArmorVerdict:
        try:
            token = await asyncio.to_thread(self._token)
        except Exception as error:
            raise _failed('there is no token for it, see GOOGLE_APPLICATION_CREDENTIALS', error) from error
        headers = {'authorization': f'Bearer {token}', 'x-goog-api-client': client_header()}
        try:
            answer = await self._clients.get().post(f'{self._url}:{method}', json=body, headers=headers)
            answer.raise_for_status()
            return read_verdict(read_json(answer.content), filters)
        except Exception as error:  # noqa: BLE001  (whatever it is, nothing is known of the text)
            raise _failed('', provider_error(SOURCE, error, (token,))) from None

    def _token(self) -> str:
        with self._lock:
            if self._credentials is None:
                auth: Any = importlib.import_module('google.auth')
                self._credentials, _ = auth.default(scopes=_SCOPES)
            if not self._credentials.valid:
                transport: Any = importlib.import_module('google.auth.transport.requests')
                self._credentials.refresh(transport.Request())
            return self._credentials.token


def _failed(reason: str, error: Exception) -> GenkitError:
    """Return the error for a text of which nothing is known."""
    found = provider_error(SOURCE, error)
    text = (f'{reason}: ' if reason else '') + found.message.rstrip('.')
    status = 'UNAUTHENTICATED' if reason and not isinstance(error, GenkitError) else found.status
    message = f'Model Armor did not check a text, which is therefore not used: {text}.'
    return reworded(found, SOURCE, message, status=status, details=found.details)
