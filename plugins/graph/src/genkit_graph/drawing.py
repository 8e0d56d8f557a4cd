# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A graph as a picture: a Mermaid flowchart, or a tree of ASCII characters."""

from collections.abc import Iterator

from genkit_graph.edges import END, START
from genkit_graph.nodes import Shape


def to_mermaid(shape: Shape) -> str:
    """Return a flowchart: dotted arrows where a function chooses, named after it; double frames around graphs."""
    ids = {START: 'start', END: 'finish', **{name: f'n{number}' for number, name in enumerate(shape.nodes, 1)}}
    lines = ['flowchart TD', f'    {ids[START]}(["{START}"])']
    for name, node in shape.nodes.items():
        frame = ('["{}"]', '[["{}"]]')[node.inner is not None]
        lines.append(f'    {ids[name]}{frame.format(_escaped(name))}')
    lines.append(f'    {ids[END]}(["{END}"])')
    for name in shape.edges:
        edge = shape.edges[name]
        arrow = '-->' if edge.choose is None else f'-. "{_escaped(edge.label)}" .->'
        lines += [f'    {ids[name]} {arrow} {ids[target]}' for target in edge.targets]
    return '\n'.join(lines) + '\n'


def to_ascii(shape: Shape) -> str:
    """Return a tree that begins with `START`.

    ``choose?`` stands before a node that the function ``choose`` may choose, ``^`` behind one that is drawn elsewhere.
    """
    drawn: set[str] = {END}
    return '\n'.join([START, *_below(shape, START, '', drawn)]) + '\n'


def _below(shape: Shape, name: str, indent: str, drawn: set[str]) -> Iterator[str]:
    edge = shape.edges[name]
    for place, target in enumerate(edge.targets):
        is_last = place == len(edge.targets) - 1
        corner, bar = ('`-- ', '    ') if is_last else ('|-- ', '|   ')
        chosen = f'{edge.label}? ' if edge.choose is not None else ''
        is_drawn = target in drawn and target != END
        yield f'{indent}{corner}{chosen}{target}{" ^" if is_drawn else ""}'
        if target not in drawn:
            drawn.add(target)
            yield from _below(shape, target, indent + bar, drawn)


def _escaped(text: str) -> str:
    return text.replace('&', '&amp;').replace('"', '&quot;').replace('<', '&lt;').replace('\n', ' ')
