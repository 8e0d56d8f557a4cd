# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What this process is called, and the labels by which its time series differ from those of others."""

import os
import socket
import uuid
from collections.abc import Mapping
from typing import Any, Final


_NAMES: Final = (
    ('service.name', ('K_SERVICE', 'FUNCTION_NAME', 'GAE_SERVICE')),
    ('service.version', ('K_REVISION', 'GAE_VERSION')),
)
_REGIONS: Final = ('GOOGLE_CLOUD_REGION', 'FUNCTION_REGION', 'GOOGLE_CLOUD_LOCATION')
_RUN: Final = uuid.uuid4().hex[:12]


def service_names(options: Mapping[str, Any]) -> dict[str, str]:
    """Return what options, or the platform's variables, call the service, as attributes of a resource."""
    environment = options.get('environment')
    given = {
        'service.name': options.get('service_name'),
        'service.version': options.get('service_version'),
        'deployment.environment.name': environment,
        'deployment.environment': environment,
    }
    for attribute, variables in _NAMES:
        found = next((os.environ[name] for name in variables if os.environ.get(name)), None)
        given[attribute] = given[attribute] or found
    return {name: str(value) for name, value in given.items() if value}


def task_labels(resource: Mapping[str, Any]) -> dict[str, str]:
    """Return the labels that tell this process from all others, for a monitored resource ``generic_task``.

    A series may be written once in five seconds, and by one process only: a forked one has labels of its own.
    """
    location = next((os.environ[name] for name in _REGIONS if os.environ.get(name)), 'global')
    return {
        'location': location,
        'namespace': str(resource.get('service.namespace') or resource.get('deployment.environment.name') or ''),
        'job': str(resource.get('service.name') or 'genkit'),
        'task_id': f'{socket.gethostname()}-{os.getpid()}-{_RUN}',
    }
