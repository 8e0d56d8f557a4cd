# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""When new names can be sent, to an index that takes so many a day.

What was tried lately is read from the journals of this machine, and what began lately from the index, as other machines
publish too. It is an estimate that saves refusals: what the index answers counts.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from releasekit.index.port import Index
from releasekit.publish.journal import read_records


DAY = 86_400.0


def day_of(seconds: float, since: float | None = None) -> str:
    """Return a moment so many seconds from now, or from a time in seconds since 1970, as text in UTC."""
    begin = datetime.now(UTC) if since is None else datetime.fromtimestamp(since, UTC)
    return f'{begin + timedelta(seconds=seconds):%Y-%m-%d %H:%M} UTC'


def tried_lately(runs: Path, to: str, now: float) -> dict[str, float]:
    """Return the new names that were sent to an index within a day, and when first, in seconds since 1970."""
    found: dict[str, float] = {}
    for path in runs.glob(f'*/{to}/journal'):
        for record in read_records(path):
            if record['kind'] == 'intent' and record.get('new') and now - record['time'] < DAY:
                name = record['package']
                found[name] = min(record['time'], found.get(name, record['time']))
    return found


async def begun_lately(index: Index, names: Iterable[str], now: float) -> dict[str, float]:
    """Return the projects that began on an index within a day, and when, in seconds since 1970.

    Other machines publish too, and their journals are not here.

    Args:
        index: Is asked; one that does not say when files came says nothing here.
        names: The projects.
        now: Seconds since 1970.
    """

    async def begun(name: str) -> float | None:
        listed = await index.files(name) or {}
        return min((file.uploaded for file in listed.values() if file.uploaded is not None), default=None)

    wanted = list(names)
    found = dict(zip(wanted, await asyncio.gather(*map(begun, wanted)), strict=True))
    return {name: time for name, time in found.items() if time is not None and now - time < DAY}


def postponed(new: Sequence[str], tried: Mapping[str, float], most: int, now: float) -> dict[str, str]:
    """Return the new names that have to wait, each with the day on which its turn comes.

    Args:
        new: Names that the index does not know, those first that are needed first.
        tried: What `tried_lately` and `begun_lately` returned.
        most: How many the index takes in a day; 0 if it does not say.
        now: Seconds since 1970.
    """
    if not most:
        return {}
    fresh = [name for name in new if name not in tried]
    begin = min(tried.values(), default=now)
    return {
        name: f'the index takes {most} new projects a day; run it again on {day_of(DAY * (place // most + 1), begin)}'
        for place, name in enumerate(fresh[max(0, most - len(tried)) :])
    }
