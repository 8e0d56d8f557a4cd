# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a built file has to be before it is sent."""

import io
import tarfile
import zipfile

import pytest
from releasekit.build.gates import pass_gates
from releasekit.build.store import ArtefactStore
from releasekit.model.errors import RefusedError
from releasekit.workspace.load import load_workspace


METADATA = """\
Metadata-Version: 2.4
Name: kit
Version: 1.0.1
Summary: A package of a test
Requires-Python: >=3.11
Description-Content-Type: text/markdown
"""
README = '# Kit\n\nSee [the docs](https://house.test/docs).\n'


@pytest.fixture
def gates(clone, tmp_path):
    """The gates, asked about a wheel and a source distribution of one package with some metadata."""
    clone.commit('fix(kit): a leak', 'tools/kit/x')
    (release,) = clone.plan().releases

    def ask(metadata=METADATA, readme=README, marker='kit/py.typed', off=()):
        said = f'{metadata}\n{readme}'.encode()
        folder = tmp_path / 'dist'
        folder.mkdir()
        info = {'METADATA': said, 'licenses/LICENSE': b'text'}
        with zipfile.ZipFile(folder / 'kit-1.0.1-py3-none-any.whl', 'w') as wheel:
            for name, content in {
                'kit/__init__.py': b'x = 1\n',
                marker: b'',
                **{f'kit-1.0.1.dist-info/{name}': text for name, text in info.items()},
            }.items():
                wheel.writestr(name, content)
        with tarfile.open(folder / 'kit-1.0.1.tar.gz', 'w:gz') as sdist:
            for name, content in {'PKG-INFO': said, 'LICENSE': b'text'}.items():
                entry = tarfile.TarInfo(f'kit-1.0.1/{name}')
                entry.size = len(content)
                sdist.addfile(entry, io.BytesIO(content))
        store = ArtefactStore(tmp_path / 'store', 'plan')
        files = store.put('kit', '1.0.1', sorted(folder.iterdir()))
        pass_gates(release, load_workspace(clone.root).by_name['kit'], files, store, off)

    return ask


def test_what_is_as_it_should_be_passes(gates):
    gates()


REFUSED = [
    (METADATA.replace('A package of a test', 'long ' * 103), 'the summary has 515 characters, the index takes 512'),
    (METADATA + f'Project-URL: {"label " * 6}, https://forge.test\n', 'of a url has 35 characters'),
    (METADATA + 'Project-URL: Home, forge.test\n', "the url 'forge.test' is no address on the web"),
    (METADATA + 'Classifier: Topic :: Nonsense\n', "the index knows no classifier 'Topic :: Nonsense'"),
    (METADATA + 'Author-email: Ada <ada>\n', "'ada' is no email address"),
    (METADATA + 'Requires-Dist: idna @ https://files.test/idna-3.10.whl\n', 'is a direct reference'),
]


@pytest.mark.parametrize(('metadata', 'message'), REFUSED, ids=[message for _, message in REFUSED])
def test_what_the_index_would_refuse_is_refused_before(gates, metadata, message):
    with pytest.raises(RefusedError) as caught:
        gates(metadata)
    assert caught.value.code.id == 'RK-GATE'
    assert str(caught.value).count(message) == 2


def test_a_local_version_is_refused_whatever_the_plan_says(gates):
    with pytest.raises(RefusedError, match=r"'1\.0\.1\+local' has a local part"):
        gates(METADATA.replace('1.0.1', '1.0.1+local'))


def test_links_that_lead_nowhere_are_refused(gates):
    with pytest.raises(RefusedError, match=r"links: the README links to 'docs/use\.md'"):
        gates(readme='[how to use it](docs/use.md)')


@pytest.mark.parametrize(
    ('off', 'changed'),
    [
        ('readme-links', {'readme': '![a picture](a.png)'}),
        ('metadata-complete', {'metadata': METADATA.replace('Summary: A package of a test\n', '')}),
        ('index-metadata', {'metadata': METADATA + 'Classifier: Topic :: Nonsense\n'}),
        ('typing-marker', {'marker': 'kit/other.txt'}),
    ],
)
def test_a_rule_that_is_off_stops_no_file(gates, tmp_path, off, changed):
    with pytest.raises(RefusedError):
        gates(**changed)
    for folder in ('dist', 'store'):
        (tmp_path / folder).rename(tmp_path / f'{folder}-before')
    gates(**changed, off=(off,))
