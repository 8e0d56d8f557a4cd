# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Amazon Web Services: X-Ray and CloudWatch Logs, with requests that botocore signs (SigV4).

botocore is loaded when AWS is configured.
"""

import importlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from genkit import GenkitError

from genkit_observability.destination import Backend, Destination, Limits, Signal
from genkit_observability.settings import SOURCE, address, find, host_part, key, needed


SERVICES: Final[Mapping[Signal, str]] = {'traces': 'xray', 'logs': 'logs'}

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-OTLPEndpoint.html
LIMITS: Final = Limits(request=5_000_000, spans=10_000, span=200_000, resource=16_000)


@dataclass(frozen=True)
class Aws(Backend):
    """AWS: traces in X-Ray, and logs in CloudWatch where a log group is named. Needs the extra ``aws``.

    Requests are signed with credentials that botocore finds: variables, profiles, roles. Transaction Search has to be
    enabled for the account: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Transaction-Search.html

    Attributes:
        region: Default: ``AWS_REGION``, ``AWS_DEFAULT_REGION``, or that of the profile.
        profile: A profile of the configuration. Default: ``AWS_PROFILE``.
        log_group: Of CloudWatch Logs, which must exist. Default: ``AWS_LOG_GROUP``; none for no logs.
        log_stream: In the group, which must exist. Default: ``AWS_LOG_STREAM``, else ``default``.
        credentials: Credentials of botocore, in place of those that it finds.
        endpoint: An address in place of X-Ray's, such as that of a VPC endpoint, without a path.
        logs_endpoint: The same for CloudWatch Logs.
    """

    name: ClassVar[str] = 'aws'
    region: str | None = None
    profile: str | None = None
    log_group: str | None = None
    log_stream: str | None = None
    credentials: Any = field(default=None, repr=False)
    endpoint: str | None = None
    logs_endpoint: str | None = None

    def destination(self) -> Destination:
        """Return the endpoints of the region."""
        require_botocore()
        region = host_part('region', aws_region(self.region, self.profile))
        domain = 'amazonaws.com.cn' if region.startswith('cn-') else 'amazonaws.com'
        traces = address('endpoint', self.endpoint or f'https://xray.{region}.{domain}')
        endpoints: dict[Signal, str] = {'traces': f'{traces}/v1/traces'}
        signal_headers: dict[Signal, dict[str, str]] = {}
        group = find(self.log_group, 'AWS_LOG_GROUP')
        if group:
            logs = address('logs_endpoint', self.logs_endpoint or f'https://logs.{region}.{domain}')
            endpoints['logs'] = f'{logs}/v1/logs'
            stream = find(self.log_stream, 'AWS_LOG_STREAM') or 'default'
            signal_headers['logs'] = {
                'x-aws-log-group': key('AWS', 'log_group', group, 'AWS_LOG_GROUP'),
                'x-aws-log-stream': key('AWS', 'log_stream', stream, 'AWS_LOG_STREAM'),
            }
        return Destination(
            'AWS',
            endpoints,
            'the AWS credentials (AWS_ACCESS_KEY_ID, AWS_PROFILE or a role) and their permission xray:PutSpans',
            signal_headers=signal_headers,
            limits=LIMITS,
            authorize=SigV4(region, self.profile, self.credentials),
        )


def require_botocore() -> None:
    """Load botocore.

    Raises:
        GenkitError: ``FAILED_PRECONDITION`` if it is not installed.
    """
    try:
        importlib.import_module('botocore.session')
    except ImportError as error:
        raise GenkitError(
            "AWS needs botocore: install it with `uv add 'genkit-plugin-observability[aws]'`.",
            status='FAILED_PRECONDITION',
            source=SOURCE,
        ) from error


def aws_region(given: str | None, profile: str | None) -> str:
    """Return the region that an argument, a variable or the profile names.

    Raises:
        GenkitError: ``FAILED_PRECONDITION`` if none does.
    """
    found = find(given, 'AWS_REGION', 'AWS_DEFAULT_REGION') or _session(profile).get_config_variable('region')
    return needed('AWS', 'region', found, 'AWS_REGION')


class SigV4:
    """Signs requests; credentials are looked up with the first of them, as that may take a while.

    Args:
        region: Where the requests go.
        profile: The profile to take credentials from.
        credentials: Credentials of botocore, in place of those that it finds.
    """

    def __init__(self, region: str, profile: str | None, credentials: Any = None) -> None:
        self._region = region
        self._profile = profile
        self._credentials = credentials
        self._lock = threading.Lock()

    def __call__(self, signal: Signal, url: str, body: bytes, headers: Mapping[str, str]) -> Mapping[str, str]:
        """Return the headers of a request with its signature.

        Raises:
            GenkitError: ``UNAUTHENTICATED`` if there are no credentials.
        """
        auth: Any = importlib.import_module('botocore.auth')
        requests: Any = importlib.import_module('botocore.awsrequest')
        request = requests.AWSRequest(method='POST', url=url, data=body, headers=dict(headers))
        auth.SigV4Auth(self._found(), SERVICES[signal], self._region).add_auth(request)
        return dict(request.headers.items())

    def _found(self) -> Any:
        with self._lock:
            if self._credentials is None:
                self._credentials = _session(self._profile).get_credentials()
            if self._credentials is None:
                raise GenkitError('botocore found no credentials', status='UNAUTHENTICATED', source=SOURCE)
            return self._credentials.get_frozen_credentials()


def _session(profile: str | None) -> Any:
    botocore: Any = importlib.import_module('botocore.session')
    try:
        session = botocore.Session(profile=profile)
        session.get_scoped_config()
    except Exception as error:  # of a library that tells of a profile that is not there in its own way
        raise GenkitError(f'AWS: {error}', status='FAILED_PRECONDITION', source=SOURCE) from error
    return session
