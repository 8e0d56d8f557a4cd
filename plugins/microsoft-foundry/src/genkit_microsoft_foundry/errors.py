# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the service says when it refuses, and what to do then.

Source: https://learn.microsoft.com/azure/foundry/openai/how-to/troubleshoot-errors (November 2026).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from genkit import GenkitError
from genkit.plugin import provider_error, reworded

from genkit_microsoft_foundry.convert import filter_error, filter_said
from genkit_microsoft_foundry.credentials import Token


_REGIONS: Final = 'https://learn.microsoft.com/azure/foundry/foundry-models/concepts/models-sold-directly-by-azure-region-availability'
_NO_DEPLOYMENT: Final = frozenset({'deploymentnotfound', 'unknown_model', 'model_not_found', 'unknownmodel'})
_NO_OPERATION: Final = frozenset({'operationnotsupported', 'unsupported_model', 'modelnotsupported', 'unsupported_api'})
_NO_KEYS: Final = 'authenticationtypedisabled'
_UNAUTHORIZED: Final = 401
_FORBIDDEN: Final = 403
_NOT_FOUND: Final = 404
_REFUSALS: Final = (400, _FORBIDDEN, _NOT_FOUND)


@dataclass(frozen=True)
class Call:
    """What is known of a call, to explain why it failed.

    Attributes:
        source: The plugin's name.
        deployment: The name that was asked for.
        declared: The deployments that the application declared, each with the model behind it.
        endpoint: Where.
        key: The key or the token.
        scope: What tokens are for.
        secrets: What must not be repeated besides the key.
    """

    source: str
    deployment: str
    declared: Mapping[str, str | None]
    endpoint: str
    key: str = field(repr=False)
    scope: str = ''
    secrets: Sequence[str] = field(default=(), repr=False)

    def own_error(self, error: Exception) -> GenkitError:
        """Return the error that an exception of the client is, with what helps."""
        return self.explained(provider_error(self.source, error, (self.key, *self.secrets)), error)

    def explained(self, error: GenkitError, cause: BaseException | None) -> GenkitError:
        """Return an error with what helps, if anything is known to."""
        code: Any = error.details.get('http_status')
        body = getattr(cause, 'body', None)
        said = filter_said(body)
        if said is not None:
            return filter_error(error, said, self.source)
        told = _members(_members(body).get('error')) or _members(body)
        hint = self._hint(code, str(told.get('code') or told.get('type')).lower(), error.message)
        if hint is None:
            return error
        details = {name: value for name, value in error.details.items() if name != 'stack'}
        message = f'{error.message.rstrip()} {hint}'
        return reworded(error, self.source, message, details=details)

    def _hint(self, status: Any, code: str, message: str) -> str | None:
        if code in _NO_DEPLOYMENT:
            return self._no_deployment()
        if code == _NO_KEYS:
            return 'The resource takes no keys: pass credential=DefaultAzureCredential() in place of api_key.'
        if status == _UNAUTHORIZED or (status == _FORBIDDEN and code == 'permissiondenied'):
            return self._no_access()
        if code in _NO_OPERATION or (status in _REFUSALS and ' region' in message.lower()):
            return (
                f'Deployment {self.deployment!r} cannot do this: see whether its model is meant for it, and is offered '
                f'in the region of the resource ({_REGIONS}). Chat models may be asked in the other protocol, with '
                "config={'api': 'chat'} or 'responses'."
            )
        if status == _NOT_FOUND:
            return (
                f'See whether {self.endpoint!r} is the endpoint of the resource, and whether it has a deployment '
                f'{self.deployment!r}.'
            )
        return None

    def _no_deployment(self) -> str:
        named = [_named(name, model) for name, model in self.declared.items()]
        known = f'Declared are {", ".join(named)}.' if named else 'None was declared.'
        return (
            f'Deployment {self.deployment!r} does not exist at {self.endpoint!r}. {known} A model is asked for by the '
            'name of its deployment: see the deployments of the resource at https://ai.azure.com, and pass them as '
            "deployments={'name': 'model'}. One that was just made takes a few minutes."
        )

    def _no_access(self) -> str:
        if isinstance(self.key, Token):
            return (
                f'The token was refused: see whether it is for {self.scope!r}, has not expired, and is of an identity '
                "with the role 'Cognitive Services OpenAI User' or 'Azure AI User' on the resource."
            )
        return (
            f'The key was refused: see whether it is one of the two current keys of the resource at {self.endpoint!r}, '
            'or pass credential=DefaultAzureCredential().'
        )


def _named(name: str, model: str | None) -> str:
    return f'{name!r} ({model})' if model and model != name else repr(name)


def _members(value: Any) -> dict[str, Any]:
    return cast('dict[str, Any]', value) if isinstance(value, dict) else {}
