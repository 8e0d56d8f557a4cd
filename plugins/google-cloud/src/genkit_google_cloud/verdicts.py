# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What Model Armor says of a text: its answer, read without believing it.

Source: https://cloud.google.com/security-command-center/docs/reference/model-armor/rest/v1/SanitizationResult
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from genkit import GenkitError
from genkit.plugin import members_of

from genkit_google_cloud.services import SOURCE


Filter = Literal['rai', 'pi_and_jailbreak', 'malicious_uris', 'csam', 'sdp', 'virus_scan']

FILTERS: Final[tuple[Filter, ...]] = ('rai', 'pi_and_jailbreak', 'malicious_uris', 'csam', 'sdp', 'virus_scan')
_MATCHES: Final = {'MATCH_FOUND': True, 'NO_MATCH_FOUND': False}
_DONE: Final = 'EXECUTION_SUCCESS'
_OF_SDP: Final = ('inspectResult', 'deidentifyResult', 'redactResult')


@dataclass(frozen=True)
class ArmorVerdict:
    """What was found in a text.

    Attributes:
        matched: The filters that found something.
        replacement: The text without sensitive data; None if there is none.
    """

    matched: tuple[str, ...] = ()
    replacement: str | None = None


def read_verdict(answer: Any, filters: Sequence[Filter] | None) -> ArmorVerdict:
    """Return what Model Armor found.

    Args:
        answer: The answer, as JSON.
        filters: Those that count. Default: all of the template.

    Raises:
        GenkitError: ``INTERNAL`` for an answer that says nothing, ``UNAVAILABLE`` where a filter did not run,
            ``FAILED_PRECONDITION`` for a filter that the template has not.
    """
    result = members_of(members_of(answer, 'the answer').get('sanitizationResult'), 'sanitizationResult')
    results = members_of(result.get('filterResults'), 'filterResults')
    _check_whole(result, results, filters)
    matched: list[str] = []
    replacement: str | None = None
    for name in filters or results:
        parts = list(_parts(name, results))
        states = [_matches(name, kind, part) for kind, part in parts]  # all of them, as one may not have been run
        if any(states):
            matched.append(name)
        replacement = next((text for kind, part in parts if (text := _deidentified(kind, part))), replacement)
    if filters is None and not matched and _MATCHES.get(str(result.get('filterMatchState'))) is not False:
        raise _unclear('filterMatchState', result.get('filterMatchState'))
    return ArmorVerdict(tuple(matched), replacement)


def _check_whole(result: Mapping[str, Any], results: Mapping[str, Any], filters: Sequence[Filter] | None) -> None:
    missing = [name for name in filters or () if name not in results]
    if missing:
        raise GenkitError(
            f'the template has no filter {missing[0]!r}; it has {", ".join(sorted(results)) or "none"}. Enable it '
            'there, or leave it out of filters=',
            status='FAILED_PRECONDITION',
            source=SOURCE,
        )
    if filters is None and result.get('invocationResult') != 'SUCCESS':
        raise _skipped(f'the result is {result.get("invocationResult")!r}')


def _parts(name: str, results: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Return the results of a filter; that for sensitive data has several kinds of them."""
    found = members_of(results[name], name)
    if len(found) != 1:
        raise _unclear(name, list(found))
    (inner,) = (members_of(value, name) for value in found.values())
    if name != 'sdp':
        yield name, inner
        return
    kinds = [kind for kind in _OF_SDP if kind in inner]
    if not kinds:
        raise _unclear(name, list(inner))
    for kind in kinds:
        yield kind, members_of(inner[kind], kind)


def _matches(name: str, kind: str, part: Mapping[str, Any]) -> bool:
    if name == 'virus_scan' and part.get('executionState') == 'EXECUTION_SKIPPED':
        return False  # there is no file
    if part.get('executionState') != _DONE:
        raise _skipped(f'the filter {name!r} was not run: {part.get("executionState")!r}')
    found = _MATCHES.get(str(part.get('matchState')))
    if found is None:
        raise _unclear(f'{kind}.matchState', part.get('matchState'))
    return found


def _deidentified(kind: str, part: Mapping[str, Any]) -> str | None:
    if kind not in ('deidentifyResult', 'redactResult') or part.get('matchState') != 'MATCH_FOUND':
        return None
    text = members_of(part.get('data'), 'data').get('text')
    return text if isinstance(text, str) else None


def _skipped(what: str) -> GenkitError:
    return GenkitError(f'the text was not checked: {what}', status='UNAVAILABLE', source=SOURCE)


def _unclear(member: str, value: Any) -> GenkitError:
    return GenkitError(f'the answer is unclear: {member} is {value!r}', status='INTERNAL', source=SOURCE)
