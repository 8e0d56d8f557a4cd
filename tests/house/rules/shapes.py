# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""All plugins look alike, and so do all samples: the same files under the same names."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from .doors import import_name
from .finding import Finding
from .tree import files, members, place, project_table


PLUGIN_FILES = ('pyproject.toml', 'README.md', 'LICENSE', 'CHANGELOG.md')
SAMPLE_FILES = ('pyproject.toml', 'README.md', 'LICENSE', 'run.sh', 'main.py')

PLUGIN_MODULES = frozenset(
    {'__init__', 'plugin', 'models', 'config', 'convert', 'embed', 'image', 'speech', 'video', 'rerank', 'store'}
    | {'errors', 'filters', 'sessions', 'realtime'}  # sessions may be a folder of any modules
    | {'events'}  # what an agent does, in the protocol of another framework's clients
    | {'testing'}  # the provider as a fake server, for tests of its users too; may be a folder of any modules
    | {'_older'}  # what earlier releases called otherwise: `serve_older_names` of genkit.plugin
)
# `events` makes the protocol's JSON of bytes, for wires that are not left to a vendor's library; `pieces` is for
# contents that are lists, with an order that matters.
CONVERT_MODULES = frozenset({'__init__', 'messages', 'tools', 'usage', 'stream', 'events', 'pieces', 'realtime'})

# Modules that one plugin needs beyond those, each with its reason.
EXTRA_MODULES: dict[str, dict[str, str]] = {
    'compat-oai': {
        'dialect': 'how providers differ is read by all converters and by tables, which know nothing of each other',
        'endpoints': 'providers of the protocol have endpoints beside it, which the library has no methods for',
        'responses': 'OpenAI has a second protocol, which few other providers of the first one speak',
    },
    'checks': {
        'guardrail': 'middleware, which the evaluator beside it is not',
        'service': 'asks about texts for both',
    },
    'vertex-ai': {
        'cloud': 'a project, a place and tokens that renew themselves, which its four plugins share',
        'documents': 'its index holds vectors alone, and the documents are kept in one of several stores beside it',
        'evaluation': 'the metrics of a service, which no other provider of models has',
        'garden': 'the protocols of other vendors, at addresses of its own',
    },
    'microsoft-foundry': {
        'claude': 'models of one vendor are asked in a protocol of their own, by the same resource',
        'credentials': 'tokens renew themselves, and stand in the place of keys in both protocols',
        'endpoint': 'a resource has many addresses, any of which may be given',
        'resource': 'where it is and what lets one in, for `plugin`, which makes the actions of its deployments',
    },
    'milvus': {
        'connection': 'a server or an engine in this process, whose library has two kinds of clients and no types',
        'filters': 'the filters of all stores need fields of their own, beside what else is converted',
        'layout': 'what a collection is made of, for making one and for reading one alike',
    },
    'langchain': {
        'bridge': "another library's synchronous methods run coroutines, in any thread",
        'chat_model': 'a model of Genkit becomes one of another library, which no plugin of a provider does',
        'chat_request': 'what callers of that model ask for, as a request of Genkit',
        'criteria': 'the questions that a judge is asked, which `evaluators` and the package export',
        'evaluators': 'criteria are judged by a model of the application',
        'retriever': 'a retriever of Genkit becomes one of another library',
        'runnable': 'flows become steps of chains, and chains become flows',
        'tool': 'tools go both ways',
        'tracing': "another library's callbacks become spans",
        'convert/documents': 'documents of two libraries, for retrievers and vector stores',
        'convert/requests': 'requests of Genkit become messages and arguments of another library',
        'convert/responses': "another library's answers become responses of Genkit",
    },
    'mistral': {
        'ocr': 'documents become text, which no other provider has as an endpoint of its own',
    },
    'firebase': {
        'callables': "flows are served in a protocol of the platform's clients, beside that of Genkit",
        'context': 'who calls a flow is read from the tokens of a platform',
        'database': 'the documents of Firestore, which its vector store and its sessions share',
        'engagement': 'what users think of answers is counted, and recorded where the answers are',
        'telemetry': 'goes to the project behind the platform, by the plugin that knows how',
        'streams': 'what a server streams is kept, for clients that come back to another process',
        'tokens': 'what Google signs is verified here, without the library that would bring a web framework',
    },
    'google-genai': {
        'access': 'conversations in real time reach Vertex AI without the library that knows where it is',
    },
    'postgresql': {
        'engine': 'the connections, which its vector store, its sessions and the plugins of clouds share',
        'layout': 'what the catalog says of a table, for `convert` and `filters` alike',
    },
    'weaviate': {
        'layout': 'what the schema says of a collection, and what it lacks, for `store` and `filters` alike',
        'members': 'metadata become properties that compare exactly, by rules that `convert` and `filters` share',
        'service': 'REST and GraphQL over HTTP, which `layout` and `store` both ask',
    },
    'convex': {
        '__main__': 'a command writes the functions into the project of a user',
        'template': 'the functions that the plugin calls are a part of it, and run elsewhere',
    },
    'amazon-bedrock': {
        'service': 'requests are serialized and signed by parts of botocore, and sent with another library',
    },
    'hnsw': {
        'engine': 'the index is searched and changed in this process: there is an engine where others have a client',
        'folder': 'the files of an index, and how one write replaces what another has left',
        'rows': 'vectors are compared here, which others leave to a server',
        'segments': 'the part of an index that is on disk, with graphs',
        'state': 'what an index holds at one moment, which readers and writers see alike',
        'tail': 'the part of an index that is in memory',
    },
    'llamacpp': {
        'engine': 'the model runs in this process: there is an engine where others have a client',
        'weights': 'finds the file of weights that others have behind an address',
    },
}


def check(root: Path) -> list[Finding]:
    findings: list[Finding] = []
    for folder in members(root, 'plugins/*'):
        package = f'src/{import_name(folder)}'
        findings += _missing(root, folder, (*PLUGIN_FILES, f'{package}/__init__.py', f'{package}/py.typed'))
        findings += _untested(root, folder)
        findings += _without_spec(root, folder)
        findings += _modules(root, folder)
        findings += _misnamed(root, folder, f'genkit-plugin-{folder.name}')
    for folder in members(root, 'samples/*'):
        findings += _missing(root, folder, SAMPLE_FILES)
        findings += _misnamed(root, folder, f'genkit-sample-{folder.name}')
    return findings


def _missing(root: Path, folder: Path, expected: Iterable[str]) -> Iterator[Finding]:
    for name in expected:
        if not (folder / name).is_file():
            yield Finding(place(root, folder), f'lacks {name}', 'add it, as its neighbours have it')


def _untested(root: Path, folder: Path) -> Iterator[Finding]:
    if not files(root, f'{place(root, folder)}/tests/*_test.py'):
        yield Finding(place(root, folder), 'has no tests/*_test.py', 'subclass a contract of genkit.testing there')


def _without_spec(root: Path, folder: Path) -> Iterator[Finding]:
    tests = files(root, f'{place(root, folder)}/tests/*_test.py')
    speaks = any('ModelContract' in test.read_text('utf-8') for test in tests)
    if speaks and not (folder / 'tests/conformance.yaml').is_file():
        remedy = 'list its models there, and what each is held to: docs/guide/conformance.md'
        yield Finding(place(root, folder), 'has chat models and no tests/conformance.yaml', remedy)


def _modules(root: Path, folder: Path) -> Iterator[Finding]:
    source = folder / 'src'
    extra = EXTRA_MODULES.get(folder.name, {})
    is_library = _is_library(root, folder)
    for path in files(root, f'{place(root, source)}/**/*.py'):
        package, *rooms, module = path.relative_to(source).with_suffix('').parts
        if package != import_name(folder):
            problem, remedy = f'is outside {import_name(folder)}', 'a plugin holds one package, named after its folder'
        elif rooms in (['testing'], ['sessions']):
            continue
        elif rooms not in ([], ['convert']):
            problem, remedy = 'is in a folder of its own', 'only convert, sessions and testing may become one'
        elif is_library:
            continue
        elif module not in (CONVERT_MODULES if rooms else PLUGIN_MODULES) and '/'.join((*rooms, module)) not in extra:
            problem = 'has a name that no other plugin uses'
            remedy = f'take one of {", ".join(sorted(CONVERT_MODULES if rooms else PLUGIN_MODULES))}'
        else:
            continue
        yield Finding(place(root, path), problem, remedy)


def _is_library(root: Path, folder: Path) -> bool:
    """Whether a package brings functions and no plugin: it announces none, and no module of it is one of a plugin's."""
    announced = project_table(folder).get('entry-points', {}).get('genkit.plugins')
    modules = {path.stem for path in files(root, f'{place(root, folder / "src")}/**/*.py')}
    return not announced and not modules & (PLUGIN_MODULES - {'__init__'})


def _misnamed(root: Path, folder: Path, expected: str) -> Iterator[Finding]:
    name = project_table(folder).get('name')
    if name not in {None, expected}:
        yield Finding(f'{place(root, folder)}/pyproject.toml', f'declares {name!r}', f'call it {expected!r}')
