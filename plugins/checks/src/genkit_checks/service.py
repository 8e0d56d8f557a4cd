# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Checks over HTTP."""

import asyncio
import os
from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, TypedDict

from genkit import GenkitError
from genkit.plugin import (
    Credentials,
    GoogleTokens,
    LoopClient,
    client_header,
    no_answer,
    provider_errors,
    read_json,
    without_credentials,
    without_query,
)

from genkit_checks.config import SOURCE, ChecksMetricConfig
from genkit_checks.convert import PolicyResult, to_request, to_results


if TYPE_CHECKING:
    import httpx
    from google.auth.credentials import Credentials as GoogleCredentials

ADDRESS: Final = 'https://checks.googleapis.com'
_SCOPES: Final = ('https://www.googleapis.com/auth/cloud-platform', 'https://www.googleapis.com/auth/checks')
_TOGETHER: Final = 8
_REMEMBERED: Final = 10_000
_CONNECT: Final = 10.0


class ChecksOptions(TypedDict, total=False):
    """Where Checks is, and who asks.

    Attributes:
        project: The Google Cloud project that is billed. Default: ``GCLOUD_PROJECT`` or ``GOOGLE_CLOUD_PROJECT`` of the
            environment, else that of the credentials.
        credentials: Google credentials. Default: those of the environment.
        api_key: An access token in place of credentials, or a function that returns one for each request.
        base_url: Another address, for a proxy.
        timeout: The maximum time without data, in seconds. Default: 30.
    """

    project: str | None
    credentials: 'GoogleCredentials | None'
    api_key: str | None
    base_url: str | None
    timeout: float


class Service:
    """Asks Checks about texts, several at once, and remembers those that are harmless.

    Args:
        options: See `ChecksOptions`.
    """

    def __init__(self, options: ChecksOptions) -> None:
        variables = os.environ.get
        self._project = options.get('project') or variables('GCLOUD_PROJECT') or variables('GOOGLE_CLOUD_PROJECT')
        self._tokens = GoogleTokens(SOURCE, options.get('credentials'), _SCOPES)
        given = options.get('api_key')
        self._has_key = given is not None
        self._keys = Credentials(SOURCE, self._tokens.get if given is None else given, ())
        base_url = without_query(SOURCE, without_credentials(SOURCE, options.get('base_url')))
        self._url = f'{(base_url or ADDRESS).rstrip("/")}/v1alpha/aisafety:classifyContent'
        self._timeout = options.get('timeout', 30.0)
        self._clients: LoopClient[httpx.AsyncClient] = LoopClient(self._connect)
        self._harmless: OrderedDict[tuple[object, ...], None] = OrderedDict()

    async def results(
        self, text: str, metrics: Sequence[ChecksMetricConfig], prompt: str | None = None
    ) -> list[PolicyResult]:
        """Return what Checks says of a text and each policy.

        Raises:
            GenkitError: With the status that Checks gives; ``UNAVAILABLE`` if it cannot be reached or could not judge.
        """
        headers = {'x-goog-api-client': client_header(), 'x-goog-user-project': await self._billed()}
        key = await self._keys.fetch()
        with provider_errors(SOURCE, (key,)):
            answer = await self._clients.get().post(
                self._url,
                json=to_request(text, metrics, prompt),
                headers={**headers, 'authorization': f'Bearer {key}'},
            )
            answer.raise_for_status()
            try:
                read = read_json(answer.content)
            except ValueError:
                raise no_answer(SOURCE, answer.content, secrets=(key,)) from None
            return to_results(read, metrics)

    async def violations(
        self, texts: Sequence[str], metrics: Sequence[ChecksMetricConfig], prompt: str | None = None
    ) -> list[str]:
        """Return the policies that one of some texts violates, in the order in which they are given.

        Raises:
            GenkitError: As `results`.
        """
        places = asyncio.Semaphore(_TOGETHER)
        settings = tuple((each.type, each.threshold) for each in metrics)

        async def violated(text: str) -> set[str]:
            known = (text, prompt, settings)
            if known in self._harmless:
                self._harmless.move_to_end(known)
                return set()
            async with places:
                found = {each.policy for each in await self.results(text, metrics, prompt) if each.violates}
            if not found:
                self._harmless[known] = None
                while len(self._harmless) > _REMEMBERED:
                    self._harmless.popitem(last=False)
            return found

        tasks = [asyncio.create_task(violated(text)) for text in dict.fromkeys(texts)]
        try:
            found = set[str]().union(*await asyncio.gather(*tasks))
        finally:  # one that failed leaves none behind
            for task in tasks:
                task.cancel()
        return [str(each.type) for each in metrics if str(each.type) in found]

    async def aclose(self) -> None:
        """Close the running loop's connections."""
        await self._clients.aclose()

    async def _billed(self) -> str:
        if self._project is None and not self._has_key:
            self._project = await self._tokens.project()
        if self._project is None:
            raise GenkitError(
                f'Plugin {SOURCE!r} has no project, which Checks bills. Set GOOGLE_CLOUD_PROJECT, or pass project=.',
                status='FAILED_PRECONDITION',
                source=SOURCE,
            )
        return self._project

    def _connect(self) -> 'httpx.AsyncClient':
        import httpx  # noqa: PLC0415  (loaded with the first call)

        return httpx.AsyncClient(timeout=httpx.Timeout(self._timeout, connect=min(self._timeout, _CONNECT)))
