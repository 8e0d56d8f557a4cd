# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Keeps credentials out of whatever is recorded.

A credential is known by its name: that of a member, of a pair (``{"name": "Authorization", "value": …}``), of a
parameter of a URL or a form, or of a part of a connection string. The words of such names are data, below; a corpus of
names in the tests says what they must catch and what they must leave.
"""

import functools
import json
import re
from collections.abc import Iterable
from typing import Any, Final, cast

from genkit._base.readers.late_pattern import late_pattern


REDACTED: Final = '<redacted>'


def _words(table: str) -> frozenset[str]:
    return frozenset(table.split())


# Words that make a name that of a credential wherever they stand: `secret_value`, `passwordHash`, `Set-Cookie`.
_ALWAYS: Final = _words(
    'authorization bearer cookie cookies cred credential credentials creds jwt kubeconfig mnemonic otp passcode '
    'jsessionid passphrase passwd password passwords phpsessid privkey pwd secret secrets sessionid totp'
)
# Words that do so behind one of some others: `api_key`, `access_tokens`, `db_pass`, `database_url`, `basic_auth`.
_KEYS: Final = _words(
    'access account admin aes api app application auth azure anthropic bot client cohere consumer crypto decryption '
    'deepseek deploy developer encryption functions gemini github gitlab google gpg groq hmac huggingface jwt '
    'license maps master mistral openai pgp pinecone private rsa secret sendgrid server service session '
    'shared signing ssh ssl storage stripe subscription tls twilio webhook'
)
_TOKENS: Final = _words(
    'access api app auth bearer bot csrf device id oauth personal private push refresh secret security session user '
    'xsrf'
)
_PASSES: Final = _words(
    'admin amqp auth database db email ftp git http imap key keystore ldap login mail mongo mongodb mysql pg '
    'postgres proxy redis root smtp ssh store sudo truststore user wifi'
)
_STORES: Final = _words(
    'amqp broker celery database db mongo mongodb mysql pg postgres postgresql rabbitmq redis sqlalchemy'
)
_BEHIND: Final = {
    'key': _KEYS,
    'keys': _KEYS,
    'tokens': _TOKENS,
    'pass': _PASSES,
    'url': _STORES,
    'uri': _STORES,
    'dsn': _STORES | {'sentry'},
    'auth': frozenset({'basic', 'http', 'proxy'}),
    'code': frozenset({'auth', 'authorization', 'mfa', 'pin', 'recovery'}),
    'pat': frozenset({'github', 'gitlab'}),
    'pw': _PASSES,
    'codes': frozenset({'mfa', 'recovery'}),
    'verifier': frozenset({'code'}),
    'phrase': frozenset({'seed', 'recovery'}),
    'string': frozenset({'connection', 'conn'}),
    'str': frozenset({'connection', 'conn'}),
}
# Names of one word.
_ALONE: Final = frozenset({'apikey', 'apikeys', 'dsn', 'netrc', 'pass', 'pw', 'token', 'connstr'})
# A `token` is a credential unless one of these stands before it …
_TOKENS_OF_TEXT: Final = _words(
    'bos cached chunk cls completion continuation cursor end eos first image input last mask max min next output '
    'pad page pagination per prompt reasoning reserved sep skip special start stop sync text thoughts total unk'
)
# … and nothing is if its name ends with one of these: it is about the credential.
_ABOUT: Final = _words(
    'accepted age algorithm arn at auth_method budget changed class classes cost count counts created date days '
    'enabled encoding endpoint env exists expiration expires expiry field file filename format header_name hint id '
    'ids in index indices kind label latency len length limit limits location manager max method min name names '
    'need needed number path policy position prefix present price provider rate recipe ref reference required reset '
    'rotation rules score scope scopes source speed status strength style symbol ttl type types updated usage used '
    'valid validity version'
)
# … or begins with one of these: it asks whether there is one.
_ASKING: Final = frozenset({'has', 'is'})
# What people type or are sent, which may be a number of at least four digits.
_TYPED: Final = _words('otp passcode passphrase passwd password pwd secret totp pass pin pw')
_SHORTEST_NUMBER: Final = 1000
_ADDRESSES: Final = frozenset({'url', 'uri', 'endpoint', 'server'})
_VOCABULARY: Final[frozenset[str]] = frozenset[str]().union(
    _ALWAYS, *(_KEYS, _TOKENS, _PASSES, _STORES), _BEHIND, _ALONE, {'token', 'apikey', 'connection', 'conn', 'aws'}
) - {''}

# Parameters of URLs that are credentials there although their names say little elsewhere.
_PARAMETERS: Final = frozenset({'key', 'sig', 'signature', 'code', 'x-amz-signature', 'x-goog-signature', 'auth'})

_WORD: Final = late_pattern(r'[A-Z]+(?![a-z])|[A-Z]?[a-z]+')
_NAME: Final = late_pattern(r'"([^"]{1,80}+)":')
_MEMBER: Final = late_pattern(r'"([^"\\\s]{1,80})"\s+:')
_PAIR: Final = late_pattern(r'"(?:[Nn]ame|[Kk]ey|[Hh]eader)"\s*:\s*"([^"\\\s]{1,80})"')
_PAIRED: Final = ('name', 'key', 'header', 'Name', 'Key', 'Header')
_VALUES: Final = frozenset({'value', 'val', 'Value', 'Val'})
_LISTED: Final = late_pattern(r'\[\s*"([^"\\\s]{1,80})"\s*,')
_FORM: Final = late_pattern(r'[\w.~%+\[\]-]{1,80}=[^\s&]*(?:&[\w.~%+\[\]-]{1,80}=[^\s&]*)*')
_FIELD: Final = late_pattern(r'(^|&)([\w.~-]{1,80})=([^&\s]+)')
_FIELD_IN_JSON: Final = late_pattern(r'["&]([\w.~-]{1,80})=')
# A member whose value has only these is described by a JSON Schema, and is not itself there.
_SCHEMA: Final = _words(
    '$ref $defs $schema $id $comment type title description format properties required additionalProperties items '
    'prefixItems anyOf oneOf allOf not enum const default examples example deprecated readOnly writeOnly nullable '
    'pattern minLength maxLength minimum maximum minItems maxItems uniqueItems minProperties maxProperties '
    'contentEncoding contentMediaType propertyNames patternProperties'
)
_KINDS: Final = frozenset({'string', 'number', 'integer', 'boolean', 'array', 'object', 'null'})
_SAMPLES: Final = frozenset({'const', 'default', 'enum', 'example', 'examples'})
_MEMBER_IN_TEXT: Final = late_pattern(r'("([^"\\\s]{1,80})"\s*:\s*")((?:[^"\\]|\\.){1,10000})(?=")', re.DOTALL)
_USER: Final = late_pattern(r'(://)[^/\s@"\'<>?#\\]{1,500}@')
_PARAMETER: Final = late_pattern(r'([?&])([\w.~-]{1,80})=([^&\s"\'<>#\\]+)')
_CONNECTION: Final = late_pattern(r'((?:^|[;"])\s*)([A-Za-z][\w ]{0,40})=([^;"\s\\]+)')
_ESCAPED: Final = late_pattern(r'\\u00[2-7]')
_SHORT: Final = 8
# Where looking for pieces of names is quicker than looking at the names, measured on requests and results.
_SHORT_TEXT: Final = 250
_SPARSE: Final = 16
_LOOKED_AT: Final = 1_000  # characters that tell how many names there are
# Names that were looked at and are none of credentials.
_INNOCENT: Final[set[str]] = set()
_MOST_INNOCENT: Final = 4096


def redact_json(text: str) -> str:
    """Return JSON text with credentials replaced.

    JSON within a text of the JSON is looked at as well.
    """
    is_escaped = '\\u00' in text and _ESCAPED.search(text) is not None
    # Many names, or a text so short that little is searched, are passed by with a look for pieces of names.
    length = min(len(text), _LOOKED_AT)
    is_dense = length < _SHORT_TEXT or text.count('":', 0, length) * _SPARSE > length
    if is_escaped or ((not is_dense or _may_hold_secrets(text.lower())) and _names_secret(text)):
        try:
            given = json.loads(text)
            cleaned = redact(given)
            return text if cleaned == given else json.dumps(cleaned, ensure_ascii=False, separators=(',', ':'))
        except (ValueError, RecursionError):  # deeper than can be read, or cut off
            return json.dumps(f'<{len(text)} characters that cannot be looked through>')
    return _without_addresses(text) if '://' in text else text


def redact(value: Any) -> Any:
    """Return JSON-compatible data with credentials replaced."""
    if isinstance(value, dict):
        members = cast('dict[Any, Any]', value)
        is_pair = not _VALUES.isdisjoint(members) and any(_is_secret_text(members.get(name)) for name in _PAIRED)
        return {
            name: _hidden(member) if _hides(name, member) or (is_pair and name in _VALUES) else redact(member)
            for name, member in members.items()
        }
    if isinstance(value, list):
        return [_without_listed(redact(item)) for item in cast('list[Any]', value)]
    return redact_text(value) if isinstance(value, str) else value


def _hidden(member: Any) -> Any:
    """Return what stands in place of a credential: for a JSON Schema of one the schema, without values."""
    return _without_samples(member) if _is_schema(member) else REDACTED


def _is_schema(member: Any) -> bool:
    if not isinstance(member, dict):
        return False
    members = cast('dict[Any, Any]', member)
    kind = members.get('type')
    kinds = cast('list[Any]', kind) if isinstance(kind, list) else [kind]
    is_described = all(isinstance(name, str) and name in _KINDS for name in kinds)
    is_schema = is_described or not {'$ref', 'properties', 'anyOf', 'oneOf', 'allOf'}.isdisjoint(members)
    return is_schema and members.keys() <= _SCHEMA


def _without_samples(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_without_samples(item) for item in cast('list[Any]', schema)]
    if not isinstance(schema, dict):
        return redact(schema)
    return {
        name: _each_without_samples(member)
        if name in ('properties', 'patternProperties', '$defs')
        else REDACTED
        if name in _SAMPLES and member is not None
        else _without_samples(member)
        for name, member in cast('dict[str, Any]', schema).items()
    }


def _each_without_samples(schemas: Any) -> Any:
    if not isinstance(schemas, dict):
        return REDACTED
    return {name: _without_samples(member) for name, member in cast('dict[str, Any]', schemas).items()}


def _without_listed(item: Any) -> Any:
    """Return an item of a list; if it is a name and a credential, as lists of headers have them, without that."""
    if not isinstance(item, list):
        return item
    pair = cast('list[Any]', item)
    is_listed = len(pair) == 2 and _is_secret_text(pair[0]) and _hides(pair[0], pair[1])  # noqa: PLR2004  (a pair)
    return [pair[0], REDACTED] if is_listed else pair


def redact_text(text: str) -> str:
    """Return a text with the credentials replaced that its JSON, its URLs and its connection strings hold."""
    start = text.lstrip()[:1] if '"' in text else ''
    if start in ('{', '[') and start:
        try:
            parsed = json.loads(text)
        except (ValueError, RecursionError):
            pass
        else:
            cleaned = redact(parsed)
            return text if cleaned == parsed else json.dumps(cleaned, ensure_ascii=False)
    if '":' in text or '" :' in text:
        text = _MEMBER_IN_TEXT.sub(_hidden_member, text)
    if '://' in text:
        text = _without_addresses(text)
    elif '=' in text and ';' not in text and _FORM.fullmatch(text):
        return _FIELD.sub(_hidden_field, text)
    return _without_connections(text) if ';' in text and '=' in text else text


def redact_query(query: str) -> str:
    """Return the query of a URL, or a form, with the values of credentials replaced."""
    return _PARAMETER.sub(_hidden_parameter, f'?{query}')[1:]


def redact_values(text: str, secrets: Iterable[str | None]) -> str:
    """Return a text with credentials that are known replaced.

    One shorter than eight characters is replaced only where it stands alone: it may be a part of any word.
    """
    for secret in secrets:
        if not secret or secret not in text:
            continue
        if len(secret) >= _SHORT:
            text = text.replace(secret, REDACTED)
        else:
            text = re.sub(rf'(?<![A-Za-z0-9]){re.escape(secret)}(?![A-Za-z0-9])', REDACTED, text)
    return text


@functools.lru_cache(maxsize=4096)
def is_secret(name: str) -> bool:
    """Return whether a member of this name holds a credential."""
    words = [part for word in _WORD.findall(name) for part in _parts(word.lower())]
    if not words:
        return False
    if len(words) == 1:
        return words[0] in _ALWAYS or words[0] in _ALONE
    last = words[-1]
    if last in _ABOUT or words[0] in _ASKING or (last in _ADDRESSES and words[-2] not in _STORES):
        return False
    if not _ALWAYS.isdisjoint(words):
        return True
    for before, word in zip(['', *words], words, strict=False):
        if word == 'token' and _TOKENS_OF_TEXT.isdisjoint(words):
            return True
        if before in _BEHIND.get(word, ()):
            return True
    return False


def is_secret_parameter(name: str) -> bool:
    """Return whether a parameter of a URL or a form holds a credential."""
    return name.lower() in _PARAMETERS or is_secret(name)


@functools.lru_cache(maxsize=4096)
def _parts(word: str) -> tuple[str, ...]:
    """Return the words that a word is put together of, all of them known; itself if it is not: ``authtoken``."""
    if word in _VOCABULARY:
        return (word,)
    for end in range(len(word) - 2, 1, -1):
        if word[:end] in _VOCABULARY:
            rest = _parts(word[end:])
            if all(part in _VOCABULARY for part in rest):
                return (word[:end], *rest)
    return (word,)


def _may_hold_secrets(text: str) -> bool:
    """Return whether a text in lower case holds a piece that names of credentials have.

    Spelled out, because this runs over much that is recorded, and a chain of plain searches is the fastest way; a
    letter is found much sooner than a word.
    """
    return (
        ('k' in text and ('key' in text or 'token' in text or 'cookie' in text or 'kube' in text))
        or ('w' in text and ('pw' in text or 'jwt' in text))
        or ('p' in text and ('pass' in text or 'otp' in text or 'phrase' in text or _may_name_code(text)))
        or ('u' in text and ('auth' in text or _may_name_store(text)))
        or ('v' in text and ('verif' in text or 'recover' in text))
        or ('b' in text and 'bearer' in text)
        or 'cre' in text
        or 'conn' in text
        or 'dsn' in text
        or ('m' in text and ('mfa' in text or 'mnemonic' in text))
        or 'netrc' in text
        or 'sessi' in text
    )


def _may_name_code(text: str) -> bool:
    return ('pin' in text and 'code' in text) or ('pat' in text and 'git' in text)


def _may_name_store(text: str) -> bool:
    return ('url' in text or 'uri' in text) and any(store in text for store in _STORES)


def _names_secret(text: str) -> bool:
    """Return whether JSON text names a credential, as a member, in a pair or in a connection string."""
    if '\\"' in text:
        text = text.replace('\\"', '"')
    if _any_secret(set(_NAME.findall(text))):
        return True
    if '" :' in text and any(map(is_secret, _MEMBER.findall(text))):
        return True
    if ('"value"' in text or '"val"' in text or ('V' in text and '"Val' in text)) and any(
        map(is_secret, _PAIR.findall(text))
    ):
        return True
    if ('[[' in text or '[\n' in text) and any(map(is_secret, _LISTED.findall(text))):
        return True
    return '=' in text and _names_secret_part(text)


def _names_secret_part(text: str) -> bool:
    """Return whether a form or a connection string in JSON text names a credential."""
    if any(map(is_secret, _FIELD_IN_JSON.findall(text))):
        return True
    return ';' in text and any(is_secret(name) for _, name, _ in _CONNECTION.findall(text))


def _any_secret(names: set[str]) -> bool:
    if names <= _INNOCENT:
        return False
    if any(map(is_secret, names)):
        return True
    if len(_INNOCENT) > _MOST_INNOCENT:
        _INNOCENT.clear()
    _INNOCENT.update(names)
    return False


def _is_secret_text(value: Any) -> bool:
    return isinstance(value, str) and is_secret(value)


def _hides(name: Any, member: Any) -> bool:
    """Return whether a value is to be replaced.

    Truth values never are, and a number only if it is no count: that of ``password``, not that of ``tokens``.
    """
    if not isinstance(name, str) or not is_secret(name) or member in (None, ''):
        return False
    if not isinstance(member, int | float):
        return True
    return not isinstance(member, bool) and abs(member) >= _SHORTEST_NUMBER and _names_what_is_typed(name)


@functools.lru_cache(maxsize=4096)
def _names_what_is_typed(name: str) -> bool:
    """Return whether a name is one of what people type or are sent, which may be a number."""
    words = {part for word in _WORD.findall(name) for part in _parts(word.lower())}
    return not _TYPED.isdisjoint(words) or {'code', 'codes'} & words != set()


def _without_addresses(text: str) -> str:
    """Return a text with the users and the secret parameters of its URLs replaced."""
    if '@' in text:
        text = _USER.sub(rf'\1{REDACTED}@', text)
    return _PARAMETER.sub(_hidden_parameter, text) if '=' in text else text


def _without_connections(text: str) -> str:
    return _CONNECTION.sub(lambda found: f'{found[1]}{found[2]}={REDACTED}' if is_secret(found[2]) else found[0], text)


def _hidden_parameter(found: re.Match[str]) -> str:
    return f'{found[1]}{found[2]}={REDACTED}' if is_secret_parameter(found[2]) else found[0]


def _hidden_field(found: re.Match[str]) -> str:
    return f'{found[1]}{found[2]}={REDACTED}' if is_secret(found[2]) else found[0]


def _hidden_member(found: re.Match[str]) -> str:
    return f'{found[1]}{REDACTED}' if is_secret(found[2]) else found[0]
