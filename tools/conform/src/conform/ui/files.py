# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What programs read of a run: a JSON document, and JUnit's XML."""

import json
import re
from pathlib import Path
from typing import Any, Final, cast
from xml.etree import ElementTree as ET

from genkit.plugin import redact

from conform.model.errors import UsageError
from conform.model.outcome import Outcome, Report, Result


SCHEMA: Final = 'conform.report/1'
_LONGEST: Final = 4000
_NOT_XML: Final = re.compile('[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]')
_TAGS: Final = {Outcome.FAILED: 'failure', Outcome.ERROR: 'error', Outcome.SKIPPED: 'skipped'}


def write_json(path: Path, report: Report) -> None:
    """Write the report as JSON; its first member names its schema and version.

    Raises:
        UsageError: The file cannot be written.
    """
    document = {
        'schema': SCHEMA,
        'mode': report.mode,
        'seconds': round(report.seconds, 3),
        'summary': {str(outcome): report.counts[outcome] for outcome in Outcome},
        'skippedTargets': report.skipped,
        'cases': [_case(result) for result in report.results],
    }
    _write(path, json.dumps(document, indent=2, ensure_ascii=False) + '\n')


def write_junit(path: Path, report: Report) -> None:
    """Write the report as JUnit's XML: a suite for every model, a test case for every case.

    Raises:
        UsageError: The file cannot be written.
    """
    root = ET.Element('testsuites', _sums(report.results))
    for target, model in dict.fromkeys((result.target, result.case.model) for result in report.results):
        results = [result for result in report.results if (result.target, result.case.model) == (target, model)]
        suite = ET.SubElement(root, 'testsuite', {'name': _text(f'{target}: {model}'), **_sums(results)})
        for result in results:
            _add_case(suite, result)
    ET.indent(root)
    _write(path, ET.tostring(root, encoding='unicode', xml_declaration=False) + '\n')


def _case(result: Result) -> dict[str, Any]:
    answer = result.answer
    return {
        'target': result.target,
        'model': result.case.model,
        'test': result.case.name,
        'stream': result.case.stream,
        'validators': [question.text for question in result.case.questions],
        'outcome': str(result.outcome),
        'reason': result.reason or None,
        'seconds': round(result.seconds, 3),
        'attempts': result.attempts,
        'traceId': result.trace_id or None,
        'response': _cut(redact(answer.response)) if answer else None,
        'chunks': _cut(redact(list(answer.chunks))) if answer else None,
    }


def _add_case(suite: ET.Element, result: Result) -> None:
    names = {'classname': _text(f'{result.target}.{result.case.model}'), 'name': _text(result.case.name)}
    case = ET.SubElement(suite, 'testcase', {**names, 'time': f'{result.seconds:.3f}'})
    if tag := _TAGS.get(result.outcome):
        problem = ET.SubElement(case, tag, {'message': _text(result.reason)})
        problem.text = _text(f'got {result.answer.shown()}') if result.answer else None
    if result.trace_id:
        ET.SubElement(case, 'system-out').text = _text(f'trace {result.trace_id}')


def _sums(results: Any) -> dict[str, str]:
    found = cast('list[Result]', results)
    sums = {
        plural: sum(result.outcome is outcome for result in found)
        for plural, outcome in (('failures', Outcome.FAILED), ('errors', Outcome.ERROR), ('skipped', Outcome.SKIPPED))
    }
    seconds = sum(result.seconds for result in found)
    return {'tests': str(len(found)), **{name: str(sum_) for name, sum_ in sums.items()}, 'time': f'{seconds:.3f}'}


def _text(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return _NOT_XML.sub('\ufffd', text)


def _cut(value: Any) -> Any:
    """Return JSON data with long texts, such as pictures, cut."""
    if isinstance(value, dict):
        return {name: _cut(member) for name, member in cast('dict[str, Any]', value).items()}
    if isinstance(value, list):
        return [_cut(item) for item in cast('list[Any]', value)]
    is_long = isinstance(value, str) and len(value) > _LONGEST
    return f'{value[:_LONGEST]}… ({len(value)} characters)' if is_long else value


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding='utf-8', errors='replace')
    except OSError as error:
        raise UsageError(f'{path} cannot be written: {error.strerror}.') from error
