# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest


@pytest.fixture(autouse=True)
def _without_a_cloud(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    """Let no credentials of this machine be found, and nobody look for a machine of Google's."""
    for name in ('GOOGLE_CLOUD_PROJECT', 'GCLOUD_PROJECT', 'GOOGLE_CLOUD_LOCATION', 'GOOGLE_APPLICATION_CREDENTIALS'):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv('NO_GCE_CHECK', 'true')
    monkeypatch.setenv('CLOUDSDK_CONFIG', str(tmp_path))
