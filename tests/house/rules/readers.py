# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Each format that comes from outside has one strict reader; whoever calls the library beneath it says why."""

import ast
from collections.abc import Iterator
from pathlib import Path

from .finding import Finding
from .syntax import parse
from .tree import files, matches, place


SOURCES = ('core/src/**/*.py', 'plugins/*/src/**/*.py', 'tools/*/src/**/*.py')

_READ_JSON = 'call `read_json` of `genkit._base.readers.json_text`, which bounds depth and digits'
_READ_YAML = 'call `read_yaml` of `genkit._base.readers.yaml_text`'
_CHECK_JSON = 'call `check_json` of `genkit._base.json_schema`'
_DOWNLOAD = 'call `download` of `genkit._base.http.download`, which judges addresses and bounds what is unpacked'
_PARSE_TOML = 'call `parse_toml` of `releasekit.model.toml_lines`'

# What is called or imported, and the way out.
CALLS = {
    'json.load': _READ_JSON,
    'json.loads': _READ_JSON,
    'from_json': _READ_JSON,
    'pydantic_core.from_json': _READ_JSON,
    'tomllib.load': _PARSE_TOML,
    'tomllib.loads': _PARSE_TOML,
    'zlib.decompress': _DOWNLOAD,
    'zlib.decompressobj': _DOWNLOAD,
    'gzip.decompress': _DOWNLOAD,
    'gzip.open': _DOWNLOAD,
    'getaddrinfo': _DOWNLOAD,
}
IMPORTS = {
    'yaml': _READ_YAML,
    'ruamel': _READ_YAML,
    'jsonschema': _CHECK_JSON,
    'jsonschema_rs': _CHECK_JSON,
    'referencing': _CHECK_JSON,
    'pypdf': 'call `read_file` of `genkit_documents`, which bounds pages and what is unpacked',
}

# Where the libraries may be used, and why.
ALLOWED = {
    # the readers themselves
    'core/src/genkit/_base/readers/*.py': 'these are the readers',
    'core/src/genkit/_base/http/download.py': 'the one that fetches',
    'core/src/genkit/_base/http/real_requests.py': 'stands before what resolves names, to forbid it',
    'core/src/genkit/_base/extract.py': 'the tolerant reader of what models write; its errors are those of no JSON',
    'tools/releasekit/src/releasekit/model/toml_lines.py': 'the reader of TOML',
    'plugins/documents/src/genkit_documents/pdf_text.py': 'the reader of PDF',
    # what the program wrote itself
    'core/src/genkit/_base/json_schema.py': 'reads the schema that it wrote as a key of its cache',
    'core/src/genkit/plugin/schema_dialects/fitting.py': 'reads the schema that it wrote as a key of its cache',
    'core/src/genkit/_base/secrets.py': 'reads what is about to be recorded; what cannot be read is not shown',
    'core/src/genkit/_agent/stores/*.py': 'stores read what they wrote',
    'core/src/genkit/_session/store.py': 'stores read what they wrote',
    'core/src/genkit/_base/errors.py': 'reads what it wrote a moment before',
    'core/src/genkit/_base/serialize.py': 'reads what it wrote a moment before',
    'core/src/genkit/plugin/stores/flat_documents.py': 'stores read what they wrote',
    'plugins/{chroma,convex,dev-local-vectorstore,hnsw}/src/**': 'stores read what they wrote',
    'plugins/{milvus,pinecone,postgresql,weaviate}/src/**': 'stores read what they wrote',
    'plugins/llamacpp/src/**': 'reads what the grammar made the model write, no deeper than its schema',
    # parsers with a limit of depth and of digits of their own: pydantic_core stops at 201 levels and 4,300 digits
    'core/src/genkit/_generate/formats/jsonl.py': 'asks whether a line is whole; the parser has limits',
    'core/src/genkit/plugin/errors/error_bodies.py': 'shows what is no JSON as text; the parser has limits',
    'core/src/genkit/plugin/wire_values.py': 'takes halves of characters; checks the depth',
    'core/src/genkit/plugin/tools/tool_calls.py': 'goes on to repair what is no JSON; the parser has limits',
    'plugins/ollama/src/**': 'a server that the application chose; the parser has limits',
    # tests and tools
    'core/src/genkit/testing/**': 'made of what a test wrote',
    'tools/conform/src/**': 'a program of the developer, on files of the developer',
    'tools/releasekit/src/**': 'a program of the developer; its files of JSON are its own',
}


def check(root: Path) -> list[Finding]:
    findings: list[Finding] = []
    for path in files(root, *SOURCES):
        where = place(root, path)
        uses = list(_uses(parse(path)))
        if uses and not any(matches(pattern, where) for pattern in ALLOWED):
            findings += [Finding(f'{where}:{line}', f'uses `{name}` directly', remedy) for line, name, remedy in uses]
    return findings


def _uses(tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                modules = [alias.name for alias in node.names]
            case ast.ImportFrom(module=str(module), level=0):
                modules = [module]
            case ast.Attribute() | ast.Name():
                name = ast.unparse(node)
                used = name if name in CALLS else name.rpartition('.')[2]
                if name in CALLS or used == 'getaddrinfo':
                    yield node.lineno, used, CALLS[used]
                continue
            case _:
                continue
        for module in modules:
            package = module.partition('.')[0]
            if package in IMPORTS:
                yield node.lineno, package, IMPORTS[package]
