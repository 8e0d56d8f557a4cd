# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Files that say when and by whom they were built are packed again; others stay as their backend made them."""

import gzip
import io
import tarfile
import zipfile

import pytest
from releasekit.build.canonical import canonize
from releasekit.build.likeness import first_difference


EPOCH = 1_780_000_000
FILES = {'kit-1/b.py': b'b', 'kit-1/a.sh': b'a', 'kit-1/dir': None}


def sdist(path, *, time=EPOCH, owner='', stamp=EPOCH, files=FILES):
    inner = io.BytesIO()
    with tarfile.open(fileobj=inner, mode='w') as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.mtime, entry.uname, entry.mode = time, owner, 0o775 if name.endswith('.sh') else 0o664
            if content is None:
                entry.type = tarfile.DIRTYPE
            else:
                entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content or b''))
    with path.open('wb') as file, gzip.GzipFile(filename='', mode='wb', fileobj=file, mtime=stamp) as packed:
        packed.write(inner.getvalue())
    return path


@pytest.mark.parametrize('marks', [{'time': EPOCH + 1}, {'owner': 'ada'}, {'stamp': EPOCH + 1}, {'time': EPOCH + 0.5}])
def test_a_source_distribution_with_marks_of_a_machine_loses_them(tmp_path, marks):
    one = sdist(tmp_path / 'one.tar.gz', **marks)
    other = sdist(tmp_path / 'other.tar.gz', time=EPOCH + 99, owner='bob', files=dict(reversed(FILES.items())))
    for path in (one, other):
        canonize(path, EPOCH)
    assert one.read_bytes() == other.read_bytes()
    with tarfile.open(one) as archive:
        assert [(entry.name, entry.mtime, entry.uname, oct(entry.mode)) for entry in archive] == [
            ('kit-1/a.sh', EPOCH, '', '0o755'),
            ('kit-1/b.py', EPOCH, '', '0o644'),
            ('kit-1/dir', EPOCH, '', '0o755'),
        ]
    assert first_difference('x.tar.gz', one.read_bytes(), sdist(tmp_path / 'x').read_bytes()) is None


@pytest.mark.parametrize('time', [0, EPOCH])
def test_a_source_distribution_without_marks_stays_byte_for_byte(tmp_path, time):
    path = sdist(tmp_path / 'kit.tar.gz', time=time)
    before = path.read_bytes()
    canonize(path, EPOCH)
    assert path.read_bytes() == before


def wheel(path, moment, files):
    with zipfile.ZipFile(path, 'w') as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, moment), content)
    return path


def test_a_wheel_with_the_time_of_its_build_loses_it(tmp_path):
    files = {'kit-1.dist-info/METADATA': 'x', 'kit/b.py': 'b', 'kit/a.py': 'a'}
    one = wheel(tmp_path / 'one.whl', (2030, 1, 1, 0, 0, 0), files)
    other = wheel(tmp_path / 'other.whl', (2031, 1, 1, 0, 0, 0), dict(reversed(files.items())))
    same = wheel(tmp_path / 'same.whl', (2026, 5, 28, 20, 26, 40), files)
    before = same.read_bytes()
    for path in (one, other, same):
        canonize(path, EPOCH)
    assert one.read_bytes() == other.read_bytes()
    assert same.read_bytes() == before
    with zipfile.ZipFile(one) as archive:
        assert archive.namelist() == ['kit/a.py', 'kit/b.py', 'kit-1.dist-info/METADATA']


def packed(**files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, 'w') as archive:
        for name, text in files.items():
            archive.writestr(name.replace('__', '/').replace('_info', '.dist-info'), text)
    return content.getvalue()


WHEEL = 'Wheel-Version: 1.0\nGenerator: {}\nTag: py3-none-any\n'
RECORD = 'kit/a.py,sha256=1,1\nk.dist-info/WHEEL,sha256={},9\nk.dist-info/RECORD,,\n'


def test_marks_of_tools_are_no_difference_and_anything_else_is_named():
    ours = packed(kit__a='a', k_info__WHEEL=WHEEL.format('a 1'), k_info__RECORD=RECORD.format(1))
    alike = packed(k_info__RECORD=RECORD.format(2), kit__a='a', k_info__WHEEL=WHEEL.format('b 2'))
    assert first_difference('k.whl', ours, alike) is None
    for others, said in (
        ({'kit__a': 'b'}, "'kit/a' differs"),
        ({'kit__b': 'b'}, "'kit/b' is in the other only"),
        ({'k_info__RECORD': RECORD.format(1) + 'kit/b.py,sha256=1,1\n'}, "'k.dist-info/RECORD' differs"),
        ({'k_info__WHEEL': WHEEL.format('a').replace('none', 'abi3')}, "'k.dist-info/WHEEL' differs"),
    ):
        files = {'kit__a': 'a', 'k_info__WHEEL': WHEEL.format('a 1'), 'k_info__RECORD': RECORD.format(1)}
        assert first_difference('k.whl', ours, packed(**{**files, **others})) == said
    assert 'cannot be opened' in (first_difference('k.whl', ours, packed()) or '')
    for change in (ours + b'x', b'x' + ours):
        assert 'bytes before or behind it' in (first_difference('k.whl', ours, change) or '')
    assert 'cannot be opened' in (first_difference('k.whl', ours, b'no zip') or '')
    assert 'cannot be opened' in (first_difference('k.tar.gz', packed(), b'no tar') or '')
    assert 'far more than ours' in (first_difference('k.whl', ours, packed(kit__a='a' * (3 << 20))) or '')


METADATA = 'Metadata-Version: {}\nName: k\nVersion: 1\n{}\nRequires-Dist: idna{}\n\nLicense: of the text\n'


def test_metadata_of_another_version_of_the_format_says_the_same():
    ours = packed(k_info__METADATA=METADATA.format('2.5', 'License-Expression: MIT\nLicense-File: LICENSE', '>=3'))
    same = packed(k_info__METADATA=METADATA.format('2.3', 'License: MIT', '>=3'))
    other = packed(k_info__METADATA=METADATA.format('2.5', 'License-Expression: MIT\nLicense-File: LICENSE', '>=2'))
    assert first_difference('k.whl', ours, same) is None
    assert first_difference('k.whl', ours, other) == "'k.dist-info/METADATA' differs"


def test_what_programs_read_differently_is_a_difference(tmp_path):
    ours = sdist(tmp_path / 'kit.tar.gz').read_bytes()
    assert first_difference('kit.tar.gz', ours, ours + b'more') == 'it has bytes behind its end'
    content = io.BytesIO()
    with zipfile.ZipFile(content, 'w') as archive:
        archive.writestr('kit/a', 'evil')
        with pytest.warns(UserWarning, match='Duplicate'):
            archive.writestr('kit/a', 'a')
    assert first_difference('k.whl', packed(kit__a='a'), content.getvalue()) == "'kit/a' is in it twice"
