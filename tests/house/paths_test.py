# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest

from .rules import paths
from .rules.finding import expect_none


def test_every_path_that_the_project_names_leads_somewhere(project):
    expect_none(paths.check(project))


def test_files_folders_patterns_and_precautions_pass(tree):
    root = tree(
        {
            'pyproject.toml': """
                [tool.uv.workspace]
                members = ["core", "plugins/*"]
                [tool.pytest.ini_options]
                testpaths = ["core", "plugins"]
                [tool.ruff.lint.per-file-ignores]
                "**/tests/**" = ["D"]
                "{bin,samples}/**" = ["D"]
                [tool.pyright]
                strict = ["plugins/*/src"]
                exclude = ["**/.*", "**/node_modules"]
            """,
            'core/pyproject.toml': """
                [project]
                readme = "README.md"
                license-files = ["LICENSE"]
                [tool.hatch.build.targets.wheel]
                packages = ["src/genkit"]
            """,
            'core/README.md': '',
            'core/LICENSE': '',
            'core/src/genkit/__init__.py': '',
            'core/tests/ids_test.py': '',
            'plugins/groq/src/genkit_groq/__init__.py': '',
            'bin/fix': 'curl https://example.com/docs/none',
            'bin/check': 'cat "plugins/$name/x" "$tools/bin/uv" plugins/*/src # see bin/check.',
            '.github/workflows/ci.yml': 'uses: actions/checkout@v5\nrun: bin/check',
        }
    )
    assert paths.check(root) == []


@pytest.mark.parametrize(
    ('place', 'text', 'stale'),
    [
        ('pyproject.toml', '[tool.pytest.ini_options]\ntestpaths = ["spec"]', 'spec'),
        ('pyproject.toml', '[tool.ruff]\nextend-exclude = ["core/old"]', 'core/old'),
        ('pyproject.toml', '[tool.ruff.lint.per-file-ignores]\n"**/old/**" = ["D"]', '**/old/**'),
        ('pyproject.toml', '[tool.pyright]\ninclude = ["core/*/old"]', 'core/*/old'),
        ('core/pyproject.toml', '[project]\nreadme = "README.rst"', 'README.rst'),
        ('core/pyproject.toml', '[tool.hatch.build.targets.wheel]\npackages = ["src/old"]', 'src/old'),
        ('bin/check', 'pytest tests/old --quiet', 'tests/old'),
        ('.ci/run', 'bin/gone && "bin/also_gone"', 'bin/gone'),
        ('.github/workflows/ci.yml', 'jobs:\n  run: bash tools/old/run.sh', 'tools/old/run.sh'),
        ('noxfile.py', "session.run('pytest', 'samples/*/old')", 'samples/*/old'),
    ],
)
def test_a_path_that_leads_nowhere_is_found(tree, place, text, stale):
    finding = paths.check(tree({'core/src/genkit/__init__.py': '', place: text}))[0]
    assert finding.place.startswith(f'{place} (')
    assert finding.problem == f'names `{stale}`, which is nowhere'


def test_a_path_is_read_up_to_where_a_variable_begins():
    found = [path for _, path in paths.claims('cp "samples/web/$name/main.py" ${x}core/src tests/house/{a,b}.py')]
    assert found == ['samples/web', 'tests/house/{a,b}.py']


def test_a_file_that_version_control_ignores_does_not_count(tree):
    root = tree({'.gitignore': 'dist/\n', 'core/dist/genkit.whl': '', 'bin/check': 'ls core/dist/genkit.whl'})
    assert len(paths.check(root)) == 1
