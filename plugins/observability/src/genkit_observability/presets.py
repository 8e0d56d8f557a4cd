# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Backends that take OTLP: what each calls its address and its key."""

import re
from dataclasses import dataclass, field
from typing import ClassVar, Final
from urllib.parse import urlsplit

from genkit_observability.destination import Backend, Destination, Limits, Signal, otlp_endpoints
from genkit_observability.settings import address, basic, find, host_part, invalid, key, needed


_CLASSIC_KEY: Final = re.compile(r'[a-f0-9]{32}|hc[a-z]ic_[0-9a-z]{58}')
_DATADOG_NAMES: Final = (
    ('service.name', 'DD_SERVICE'),
    ('service.version', 'DD_VERSION'),
    ('deployment.environment.name', 'DD_ENV'),
)


@dataclass(frozen=True)
class Sentry(Backend):
    """Sentry, by its endpoint for OTLP; it takes traces and logs.

    Attributes:
        dsn: The project's DSN. Default: ``SENTRY_DSN``. A secret in it, which older ones have, is not used.
    """

    name: ClassVar[str] = 'sentry'
    dsn: str | None = field(default=None, repr=False)

    def destination(self) -> Destination:
        """Return the project's endpoints."""
        dsn = needed('Sentry', 'dsn', self.dsn, 'SENTRY_DSN').strip()
        try:
            parts = urlsplit(dsn)
            key, host, port = parts.username, parts.hostname, parts.port
        except ValueError:
            raise _malformed_dsn() from None
        folder, _, project = parts.path.rpartition('/')
        is_whole = not parts.query and not parts.fragment and '..' not in folder
        is_safe = bool(key and key.isalnum() and host and project.isalnum() and is_whole)
        if not is_safe or parts.scheme not in ('http', 'https'):
            raise _malformed_dsn()
        at = f'{host}:{port}' if port else host
        base = f'{parts.scheme}://{at}{folder}/api/{project}/integration/otlp'
        endpoints: dict[Signal, str] = {'traces': f'{base}/v1/traces', 'logs': f'{base}/v1/logs'}
        headers = {'x-sentry-auth': f'sentry sentry_key={key}'}
        return Destination('Sentry', endpoints, 'SENTRY_DSN (or dsn=)', headers)


@dataclass(frozen=True)
class Honeycomb(Backend):
    """Honeycomb; it takes traces, metrics and logs.

    Attributes:
        api_key: Default: ``HONEYCOMB_API_KEY``.
        dataset: Needed for keys of Honeycomb Classic only. Default: ``HONEYCOMB_DATASET``.
        metrics_dataset: Where metrics go. Default: ``HONEYCOMB_METRICS_DATASET``.
        endpoint: Default: ``HONEYCOMB_API_ENDPOINT``, else https://api.honeycomb.io.
    """

    name: ClassVar[str] = 'honeycomb'
    api_key: str | None = field(default=None, repr=False)
    dataset: str | None = None
    metrics_dataset: str | None = None
    endpoint: str | None = None

    def destination(self) -> Destination:
        """Return the endpoints of the team."""
        api_key = key('Honeycomb', 'api_key', self.api_key, 'HONEYCOMB_API_KEY')
        dataset = find(self.dataset, 'HONEYCOMB_DATASET')
        if _CLASSIC_KEY.fullmatch(api_key):
            dataset = needed('A key of Honeycomb Classic', 'dataset', dataset, 'HONEYCOMB_DATASET')
        metrics = find(self.metrics_dataset, 'HONEYCOMB_METRICS_DATASET')
        base = address('endpoint', find(self.endpoint, 'HONEYCOMB_API_ENDPOINT') or 'https://api.honeycomb.io')
        return Destination(
            'Honeycomb',
            otlp_endpoints(base),
            'HONEYCOMB_API_KEY (or api_key=)',
            {'x-honeycomb-team': api_key, **({'x-honeycomb-dataset': dataset} if dataset else {})},
            {'metrics': {'x-honeycomb-dataset': metrics}} if metrics else {},
        )


@dataclass(frozen=True)
class Datadog(Backend):
    """Datadog, by its intake for OTLP, without an agent; it takes traces, metrics and logs.

    ``DD_SERVICE``, ``DD_ENV`` and ``DD_VERSION`` name the service unless the options do. The intake of traces has to
    be enabled for an organization: https://docs.datadoghq.com/opentelemetry/setup/otlp_ingest/traces/

    Attributes:
        api_key: Default: ``DD_API_KEY``.
        site: Default: ``DD_SITE``, else datadoghq.com.
        endpoint: Such as that of an agent, http://localhost:4318, in place of the site's.
    """

    name: ClassVar[str] = 'datadog'
    api_key: str | None = field(default=None, repr=False)
    site: str | None = None
    endpoint: str | None = None

    def destination(self) -> Destination:
        """Return the endpoints of the site."""
        api_key = key('Datadog', 'api_key', self.api_key, 'DD_API_KEY')
        site = host_part('site', find(self.site, 'DD_SITE') or 'datadoghq.com')
        base = address('endpoint', self.endpoint or f'https://otlp.{site}')
        names = {attribute: find(None, variable) for attribute, variable in _DATADOG_NAMES}
        return Destination(
            'Datadog',
            otlp_endpoints(base),
            'DD_API_KEY (or api_key=) and DD_SITE (or site=)',
            {'dd-api-key': api_key},
            resource={attribute: name for attribute, name in names.items() if name},
            limits=Limits(request=3_000_000),
            delta_metrics=True,
        )


@dataclass(frozen=True)
class Grafana(Backend):
    """Grafana Cloud; it takes traces, metrics and logs.

    Attributes:
        endpoint: Of the stack's OTLP gateway, which ends with ``/otlp``. Default: ``GRAFANA_OTLP_ENDPOINT``.
        user_id: The instance's number. Default: ``GRAFANA_USER_ID``.
        api_key: A token. Default: ``GRAFANA_API_KEY``.
    """

    name: ClassVar[str] = 'grafana'
    endpoint: str | None = None
    user_id: str | None = None
    api_key: str | None = field(default=None, repr=False)

    def destination(self) -> Destination:
        """Return the endpoints of the gateway."""
        base = address('endpoint', needed('Grafana', 'endpoint', self.endpoint, 'GRAFANA_OTLP_ENDPOINT'))
        user = key('Grafana', 'user_id', self.user_id, 'GRAFANA_USER_ID')
        token = key('Grafana', 'api_key', self.api_key, 'GRAFANA_API_KEY')
        return Destination(
            'Grafana',
            otlp_endpoints(base),
            'GRAFANA_API_KEY (or api_key=) and GRAFANA_USER_ID (or user_id=)',
            {'authorization': basic(user, token)},
        )


@dataclass(frozen=True)
class Axiom(Backend):
    """Axiom; it takes traces and logs.

    Attributes:
        token: An API token that may ingest. Default: ``AXIOM_TOKEN``.
        dataset: Default: ``AXIOM_DATASET``.
        endpoint: Default: ``AXIOM_URL``, else https://api.axiom.co.
    """

    name: ClassVar[str] = 'axiom'
    token: str | None = field(default=None, repr=False)
    dataset: str | None = None
    endpoint: str | None = None

    def destination(self) -> Destination:
        """Return the endpoints and the dataset."""
        token = key('Axiom', 'token', self.token, 'AXIOM_TOKEN')
        dataset = key('Axiom', 'dataset', self.dataset, 'AXIOM_DATASET')
        base = address('endpoint', find(self.endpoint, 'AXIOM_URL') or 'https://api.axiom.co')
        return Destination(
            'Axiom',
            otlp_endpoints(base, 'traces', 'logs'),
            'AXIOM_TOKEN (or token=) and AXIOM_DATASET (or dataset=)',
            {'authorization': f'Bearer {token}', 'x-axiom-dataset': dataset},
        )


@dataclass(frozen=True)
class Phoenix(Backend):
    """Phoenix, on this machine or elsewhere; it takes traces.

    Attributes:
        endpoint: Default: ``PHOENIX_COLLECTOR_ENDPOINT``, else http://localhost:6006.
        api_key: Default: ``PHOENIX_API_KEY``; none for a Phoenix that requires none.
        project: Default: ``PHOENIX_PROJECT_NAME``, else Phoenix's own default project.
    """

    name: ClassVar[str] = 'phoenix'
    endpoint: str | None = None
    api_key: str | None = field(default=None, repr=False)
    project: str | None = None

    def destination(self) -> Destination:
        """Return the endpoint and the project."""
        base = address('endpoint', find(self.endpoint, 'PHOENIX_COLLECTOR_ENDPOINT') or 'http://localhost:6006')
        project = find(self.project, 'PHOENIX_PROJECT_NAME')
        found = find(self.api_key, 'PHOENIX_API_KEY')
        api_key = key('Phoenix', 'api_key', found, 'PHOENIX_API_KEY') if found else None
        return Destination(
            'Phoenix',
            otlp_endpoints(base, 'traces'),
            'PHOENIX_API_KEY (or api_key=)',
            {'authorization': f'Bearer {api_key}'} if api_key else {},
            resource={'openinference.project.name': project} if project else {},
        )


@dataclass(frozen=True)
class Langfuse(Backend):
    """Langfuse; it takes traces.

    Attributes:
        public_key: Default: ``LANGFUSE_PUBLIC_KEY``.
        secret_key: Default: ``LANGFUSE_SECRET_KEY``.
        endpoint: Default: ``LANGFUSE_BASE_URL`` or ``LANGFUSE_HOST``, else https://cloud.langfuse.com.
    """

    name: ClassVar[str] = 'langfuse'
    public_key: str | None = None
    secret_key: str | None = field(default=None, repr=False)
    endpoint: str | None = None

    def destination(self) -> Destination:
        """Return the endpoint of the project that the keys belong to."""
        public = key('Langfuse', 'public_key', self.public_key, 'LANGFUSE_PUBLIC_KEY')
        secret = key('Langfuse', 'secret_key', self.secret_key, 'LANGFUSE_SECRET_KEY')
        found = find(self.endpoint, 'LANGFUSE_BASE_URL', 'LANGFUSE_HOST') or 'https://cloud.langfuse.com'
        base = address('endpoint', found).removesuffix('/api/public/otel')
        return Destination(
            'Langfuse',
            otlp_endpoints(f'{base}/api/public/otel', 'traces'),
            'LANGFUSE_PUBLIC_KEY (or public_key=) and LANGFUSE_SECRET_KEY (or secret_key=)',
            {'authorization': basic(public, secret), 'x-langfuse-ingestion-version': '4'},
        )


@dataclass(frozen=True)
class Cloudflare(Backend):
    """An OTLP endpoint at Cloudflare, such as a worker's; it takes what the endpoint takes.

    Attributes:
        endpoint: Default: ``CF_OTLP_ENDPOINT``.
        api_token: Default: ``CF_API_TOKEN``.
    """

    name: ClassVar[str] = 'cloudflare'
    endpoint: str | None = None
    api_token: str | None = field(default=None, repr=False)

    def destination(self) -> Destination:
        """Return the endpoints below the address."""
        base = address('endpoint', needed('Cloudflare', 'endpoint', self.endpoint, 'CF_OTLP_ENDPOINT'))
        token = key('Cloudflare', 'api_token', self.api_token, 'CF_API_TOKEN')
        headers = {'authorization': f'Bearer {token}'}
        return Destination('Cloudflare', otlp_endpoints(base), 'CF_API_TOKEN (or api_token=)', headers)


def _malformed_dsn() -> Exception:
    """Return an error that does not show the DSN."""
    return invalid(
        'The DSN of Sentry (dsn= or SENTRY_DSN) is not of the form https://<key>@<host>/<project>. Copy it from the '
        "project's settings, Client Keys."
    )
