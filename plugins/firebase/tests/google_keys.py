# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Tokens as Google signs them, with keys of their own that a server on this machine gives out."""

import datetime as dt
import time
from typing import Any, Self

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from genkit.testing import CannedAnswer, LoopbackServer, RecordedRequest
from jwt.algorithms import RSAAlgorithm


PROJECT = 'demo-test'
NUMBER = '1234567890'


class Key:
    """A key with a name."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.private = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def certificate(self) -> str:
        who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, 'securetoken.system.gserviceaccount.com')])
        now = dt.datetime.now(dt.UTC)
        built = (
            x509.CertificateBuilder()
            .subject_name(who)
            .issuer_name(who)
            .public_key(self.private.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now)
            .not_valid_after(now + dt.timedelta(days=1))
        )
        return built.sign(self.private, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()

    def members(self) -> dict[str, Any]:
        shown = RSAAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        return {**shown, 'kid': self.name, 'alg': 'RS256', 'use': 'sig'}


class Google:
    """Gives out keys, and knows which tokens of App Check were used.

    Attributes:
        keys: Those it gives out, of ID tokens as certificates, and of App Check as a set.
        max_age: How long they may be kept.
        answer: What it says instead, if anything.
    """

    def __init__(self) -> None:
        self.keys = [Key('one')]
        self.max_age = 3600
        self.answer: CannedAnswer | None = None
        self.used: set[str] = set()
        self._server = LoopbackServer(self._answer)

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *given: object) -> None:
        self._server.__exit__(None, None, None)

    @property
    def requests(self) -> list[RecordedRequest]:
        return self._server.requests

    @property
    def settings(self) -> dict[str, Any]:
        """What a context provider has to be set to."""
        url = self._server.url
        return {
            'project': PROJECT,
            'auth_keys_url': f'{url}/certificates',
            'app_check_keys_url': f'{url}/keys',
            'app_check_url': url,
            'credentials': Signed(),
        }

    def id_token(self, key: Key | None = None, *, header: dict[str, Any] | None = None, **claims: Any) -> str:
        now = int(time.time())
        given = {
            'iss': f'https://securetoken.google.com/{PROJECT}',
            'aud': PROJECT,
            'sub': 'ada',
            'iat': now - 10,
            'exp': now + 3600,
            'auth_time': now - 10,
        }
        return signed(key or self.keys[0], given | claims, header)

    def app_token(self, key: Key | None = None, *, header: dict[str, Any] | None = None, **claims: Any) -> str:
        now = int(time.time())
        given = {
            'iss': f'https://firebaseappcheck.googleapis.com/{NUMBER}',
            'aud': [f'projects/{NUMBER}', f'projects/{PROJECT}'],
            'sub': '1:1234567890:web:abc',
            'iat': now - 10,
            'exp': now + 3600,
        }
        return signed(key or self.keys[0], given | claims, header)

    def _answer(self, request: RecordedRequest) -> CannedAnswer:
        if self.answer is not None:
            return self.answer
        headers = {'cache-control': f'public, max-age={self.max_age}, must-revalidate'}
        if request.path == '/certificates':
            return CannedAnswer.of_json({key.name: key.certificate() for key in self.keys}, 200, headers)
        if request.path == '/keys':
            return CannedAnswer.of_json({'keys': [key.members() for key in self.keys]}, 200, headers)
        assert request.path == f'/v1beta/projects/{PROJECT}:verifyAppCheckToken'
        assert request.headers['authorization'] == 'Bearer an-access-token'
        (token,) = request.json.values()
        assert request.json == {'appCheckToken': token}
        was_used = token in self.used
        self.used.add(token)
        return CannedAnswer.of_json({'alreadyConsumed': True} if was_used else {})


class Signed:
    """Google credentials that have a token."""

    valid = True
    token = 'an-access-token'


def signed(key: Key, claims: dict[str, Any], header: dict[str, Any] | None = None) -> str:
    """Return a token; a claim that is None is left out."""
    members = {name: value for name, value in claims.items() if value is not None}
    given = {'kid': key.name, 'typ': 'JWT', **(header or {})}
    if given.pop('alg', 'RS256') == 'none':
        return jwt.encode(members, '', algorithm='none', headers=given)
    return jwt.encode(members, key.private, algorithm='RS256', headers=given)
