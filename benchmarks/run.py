# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Prints what the SDK costs, as medians and as ratios to a floor measured in the same run.

uv run --group bench benchmarks/run.py [--json]
"""

import dataclasses
import json
import sys

import cold_start
import engine
import floors
import partial_json
import prompts
import registry
from measure import run, table
from opentelemetry import trace


def main() -> None:
    """Measure everything: first what nobody records, then what is traced."""
    results = [*cold_start.import_cost(), *run(engine.untraced())]
    results += [*run(engine.kept_chunks()), *run(partial_json.growth())]
    results += [*run(registry.lookups()), *run(prompts.templates())]
    provider = floors.tracer_provider()
    trace.set_tracer_provider(provider)
    results += run(engine.traced(provider))
    if '--json' in sys.argv:
        print(json.dumps([{**dataclasses.asdict(result), 'ratio': result.ratio} for result in results], indent=2))
    else:
        print(table(results))


if __name__ == '__main__':
    main()
