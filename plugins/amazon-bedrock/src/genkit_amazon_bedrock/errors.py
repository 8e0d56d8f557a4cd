# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Failures of the provider, wherever they come: one table says what its words mean, and what can be done is added.

Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html and the operations beside it.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, cast

from genkit import GenkitError, StatusName
from genkit.plugin import answer_error, provider_error, provider_errors, read_json, reworded

from genkit_amazon_bedrock.service import botocore


# In lower case, as an exception in a stream begins with a small letter.
KINDS: Final = {
    'accessdeniedexception': StatusName.PERMISSION_DENIED,
    'conflictexception': StatusName.ABORTED,
    'expiredtokenexception': StatusName.UNAUTHENTICATED,
    'incompletesignatureexception': StatusName.UNAUTHENTICATED,
    'internalserverexception': StatusName.INTERNAL,
    'invalidsignatureexception': StatusName.UNAUTHENTICATED,
    'missingauthenticationtokenexception': StatusName.UNAUTHENTICATED,
    'modelerrorexception': StatusName.INTERNAL,
    'modelnotreadyexception': StatusName.UNAVAILABLE,
    'modelstreamerrorexception': StatusName.INTERNAL,
    'modeltimeoutexception': StatusName.DEADLINE_EXCEEDED,
    'resourcenotfoundexception': StatusName.NOT_FOUND,
    'servicequotaexceededexception': StatusName.RESOURCE_EXHAUSTED,
    'serviceunavailableexception': StatusName.UNAVAILABLE,
    'throttlingexception': StatusName.RESOURCE_EXHAUSTED,
    'unrecognizedclientexception': StatusName.UNAUTHENTICATED,
    'validationexception': StatusName.INVALID_ARGUMENT,
}
_REQUEST_ID: Final = 'x-amzn-requestid'
_ONLY_BY_PROFILE: Final = re.compile(r'on-demand throughput isn.t supported', re.IGNORECASE)
_NO_SUCH_MODEL: Final = re.compile(r'model identifier is invalid|could not resolve the foundation model', re.IGNORECASE)
_PREFIX: Final = re.compile(r'^(?:us|us-gov|eu|apac|jp|au|ca|global)\.(?=[a-z0-9-]+\.)')
# The first of the inference profiles' prefixes that a region has; all but those of GovCloud have `global.` too.
_GEOGRAPHIES: Final = (
    ('us-gov-', ('us-gov',)),
    ('us-', ('us', 'global')),
    ('ca-', ('ca', 'us', 'global')),
    ('eu-', ('eu', 'global')),
    ('ap-northeast-1', ('jp', 'apac', 'global')),
    ('ap-northeast-3', ('jp', 'apac', 'global')),
    ('ap-southeast-2', ('au', 'apac', 'global')),
    ('ap-southeast-4', ('au', 'apac', 'global')),
    ('ap-', ('apac', 'global')),
    ('', ('global',)),
)
_BAD_KEY: Final = re.compile(r'api key|bearer token|security token', re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Call:
    """What a call is about, for its errors.

    Attributes:
        plugin: The plugin's name.
        model: The model's, as it was sent.
        region: Where it was sent, if that is known.
        address: The URL of the API.
        secrets: Keys that no error may repeat.
    """

    plugin: str
    model: str = ''
    region: str | None = None
    address: str = ''
    secrets: Sequence[str | None] = field(default=(), repr=False)


class ServiceError(Exception):
    """What the provider answered with a status of failure.

    Attributes:
        status_code: Of HTTP.
        headers: Of the answer.
        body: Of the answer.
    """

    def __init__(self, text: str, status_code: int, headers: Mapping[str, str], body: Any) -> None:
        super().__init__(text)
        self.status_code = status_code
        self.headers = headers
        self.body = body


def calling(call: Call) -> AbstractContextManager[None]:
    """Turn what botocore and httpx raise inside the block into an error of ours."""
    return provider_errors(call.plugin, call.secrets, partial(_own, call))


def to_failure(call: Call, code: int, headers: Mapping[str, str], body: bytes) -> GenkitError:
    """Return the error that an answer with a status of failure stands for, with what can be done about it.

    ``details`` hold ``http_status``, ``code`` (the provider's word), ``request_id`` and perhaps ``retry_after_ms``.
    """
    raised = provider_error(call.plugin, ServiceError(f'HTTP {code} without a word', code, headers, body), call.secrets)
    if code < 400:  # noqa: PLR2004  (a redirect)
        return raised
    word = _word(headers.get('x-amzn-errortype')) or _word(_members(body).get('__type'))
    status = KINDS.get(word.lower(), raised.status)
    if status == StatusName.PERMISSION_DENIED and _BAD_KEY.search(raised.message):
        status = StatusName.UNAUTHENTICATED
    told = {'code': word or None, 'request_id': headers.get(_REQUEST_ID)}
    details = {**raised.details, **{name: value for name, value in told.items() if value is not None}}
    way_out = _way_out(call, word, status, raised.message)
    message = f'{raised.message} {way_out}' if way_out else raised.message
    return reworded(raised, call.plugin, message, status=status, details=details)


def to_exception(call: Call, word: str, body: Any, *, begun: bool) -> GenkitError:
    """Return the error that an exception in a stream stands for.

    Args:
        call: What was called.
        word: The provider's, such as ``modelStreamErrorException``.
        body: What it says.
        begun: Whether the answer had begun.
    """
    said = {'message': f'The provider reports {word!r} in the middle of the stream.', **_members(body)}
    original = said.get('originalMessage')
    if isinstance(original, str) and original:
        said['message'] = f'{said["message"]} ({original})'
    raised = answer_error(call.plugin, {**said, 'type': word}, call.secrets, begun=begun, kinds=KINDS)
    way_out = _way_out(call, word, StatusName(raised.status), raised.message)
    message = f'{raised.message} {way_out}' if way_out else raised.message
    return reworded(raised, call.plugin, message, details={**raised.details, 'code': word})


def base_id(model: str) -> str:
    """Return the id of the model behind an inference profile; an ARN is left as it is."""
    return _PREFIX.sub('', model)


def profile_ids(model: str, region: str | None) -> list[str]:
    """Return the inference profiles that a model may have in a region."""
    prefixes = next(prefixes for start, prefixes in _GEOGRAPHIES if (region or '').startswith(start))
    return [f'{prefix}.{base_id(model)}' for prefix in prefixes]


def _way_out(call: Call, word: str, status: StatusName, said: str) -> str | None:
    where = f'region {call.region!r}' if call.region else 'this region'
    profiles = ' or '.join(repr(name) for name in profile_ids(call.model, call.region))
    is_plain = bool(call.model) and ':' not in call.model[:4] and base_id(call.model) == call.model
    if _ONLY_BY_PROFILE.search(said):
        return f'In {where}, model {call.model!r} only works through an inference profile: try {profiles}.'
    if _NO_SUCH_MODEL.search(said):
        rest = f', or try {profiles}' if is_plain else ''
        return f'See whether {where} has model {call.model!r}{rest}; a name is sent as it is, so it may be misspelled.'
    kind = word.lower()
    if kind == 'modelnotreadyexception':
        return f'Model {call.model!r} is being loaded; ask again in a few minutes.'
    if kind == 'expiredtokenexception' or (status == StatusName.UNAUTHENTICATED and 'expired' in said):
        return 'Renew the credentials (`aws sso login`, a new AWS_SESSION_TOKEN) or the key.'
    if status == StatusName.PERMISSION_DENIED:
        return (
            f"See whether the caller's policy allows bedrock:InvokeModel and bedrock:InvokeModelWithResponseStream for "
            f'{call.model!r} in {where}, and for an inference profile in all of its regions; models of third parties '
            'need a subscription of AWS Marketplace as well.'
        )
    return None


def _own(call: Call, error: Exception) -> GenkitError | None:
    """Return the error that something is which did not come from the provider."""
    import httpx  # noqa: PLC0415  (loaded with the first call)

    known = botocore('exceptions')
    if isinstance(error, known.ParamValidationError):
        text = f'The request to {call.model!r} does not fit the API of Bedrock that botocore knows: {error}'
        return _reworded(call, error, f'{text}. If that is too old, update botocore.', StatusName.INVALID_ARGUMENT)
    if isinstance(error, known.BotoCoreError):
        text = f'Credentials or settings of AWS cannot be used: {error}'
        return _reworded(call, error, text, StatusName.FAILED_PRECONDITION)
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        where = f' of region {call.region!r}' if call.region else ''
        text = f'{call.address}{where} cannot be reached ({error or type(error).__name__}). See whether region and '
        return _reworded(call, error, f'{text}base_url are right.', StatusName.UNAVAILABLE)
    return None


def _reworded(call: Call, error: Exception, text: str, status: StatusName) -> GenkitError:
    return reworded(provider_error(call.plugin, error, call.secrets), call.plugin, text[:2000], status=status)


def _word(said: Any) -> str:
    """Return the name of an exception without what may stand around it, such as a namespace or an address."""
    return said.partition(':')[0].rpartition('#')[2] if isinstance(said, str) else ''


def _members(body: Any) -> dict[str, Any]:
    try:
        value: Any = read_json(body) if isinstance(body, bytes | str) else body
    except ValueError:
        return {}
    return cast('dict[str, Any]', value) if isinstance(value, dict) else {}
