# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The address of the server, its request headers, and the configuration of a request."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from genkit import GenkitError
from genkit.plugin import without_credentials
from genkit.types import EmbedRequest, GenerateRequest, GenerationCommonConfig


PORT: Final = 11434
_PORTS: Final = {'http': 80, 'https': 443}


@dataclass(frozen=True, kw_only=True)
class HeadersFor:
    """What headers are asked for.

    Attributes:
        server_address: Where the request goes.
        model: The model's name; None for the list of models.
        request: What the model is asked; None for the list of models.
    """

    server_address: str
    model: str | None = None
    request: GenerateRequest | EmbedRequest | None = None


Headers = Mapping[str, str]
RequestHeaders = Headers | Callable[[HeadersFor], Headers | Awaitable[Headers | None] | None]
Think = bool | Literal['low', 'medium', 'high', 'max']


class OllamaConfig(GenerationCommonConfig):
    """Options of a model; members that are not listed are sent among the ``options`` as they are.

    Source: https://docs.ollama.com/modelfile#valid-parameters-and-values. ``max_output_tokens`` is sent as
    ``num_predict``, ``stop_sequences`` as ``stop``.

    Attributes:
        think: Whether, or how much, a thinking model thinks. Default: the model's.
        keep_alive: How long the model stays in memory afterwards, such as ``5m``; 0 unloads it, -1 keeps it.
        num_ctx: The size of the context in tokens. What does not fit is cut off by the server without a word, and
            its default is small.
        seed: For answers that can be repeated.
        min_p: The least probability of a token, relative to the likeliest.
        repeat_penalty: How strongly repetition is avoided.
        repeat_last_n: How far back repetition counts.
        presence_penalty: For tokens that have occurred.
        frequency_penalty: For each time that they have.
        num_gpu: How many layers are on the GPU.
        logprobs: Whether to return the probabilities of the tokens, in ``raw``.
        top_logprobs: How many alternatives to each token.
        suffix: What comes after the answer; of ``generate`` models alone.
        template: In place of the model's own; of ``generate`` models alone.
        raw: Whether the prompt is sent without a template; of ``generate`` models alone.
    """

    think: Think | None = None
    keep_alive: str | float | None = None
    num_ctx: int | None = None
    seed: int | None = None
    min_p: float | None = None
    repeat_penalty: float | None = None
    repeat_last_n: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    num_gpu: int | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    suffix: str | None = None
    template: str | None = None
    raw: bool | None = None


# Members of a request's body; everything else belongs among its options.
TOP_LEVEL: Final = frozenset(
    {'think', 'keep_alive', 'logprobs', 'top_logprobs', 'suffix', 'template', 'raw', 'truncate', 'shift'}
)
_NAMES: Final = {'max_output_tokens': 'num_predict', 'stop_sequences': 'stop'}
# As the members are named in JSON, where a configuration that is given as data may come from.
_WIRE_NAMES: Final = {str(field.alias or name): name for name, field in OllamaConfig.model_fields.items()}


def to_options(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of a body that a configuration asks for, ``options`` among them."""
    body: dict[str, Any] = {}
    options: dict[str, Any] = {}
    for given, value in config.items():
        name = _WIRE_NAMES.get(given, given)
        if value is None or name in ('version', 'options'):
            continue
        (body if name in TOP_LEVEL else options)[_NAMES.get(name, name)] = value
    options |= config.get('options') or {}
    return {**body, 'options': options} if options else body


def to_address(given: str) -> str:
    """Return the address of a server without a slash at the end.

    As Ollama reads ``OLLAMA_HOST``: the scheme may be left out, and so may the host and the port, which is 11434 then;
    an address with a scheme has the port of that scheme unless it names one. ``0.0.0.0`` means that the server
    listens everywhere, and is reached on this machine.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if it is not an address.
    """
    without_credentials('ollama', given, 'server_address')
    try:
        parts = urlsplit(given if '://' in given else f'//{given}')
        port, host = parts.port, parts.hostname or '127.0.0.1'
        scheme = parts.scheme or 'http'
        port = port or (_PORTS[scheme] if parts.scheme else PORT)
    except (ValueError, KeyError) as error:
        raise GenkitError(
            f'The address of the Ollama server is {given!r}; give one such as http://127.0.0.1:{PORT}, as '
            'server_address or in OLLAMA_HOST.',
            status='INVALID_ARGUMENT',
            source='ollama',
        ) from error
    host = {'0.0.0.0': '127.0.0.1', '::': '::1'}.get(host, host)  # noqa: S104  (nothing is bound)
    shown = f'[{host}]' if ':' in host else host
    suffix = '' if port == _PORTS[scheme] else f':{port}'
    return f'{scheme}://{shown}{suffix}{parts.path.rstrip("/")}'
