# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a prompt template costs: 1.9 KB of source with a loop over 50 items, against the same text in plain Python."""

from typing import Any

from genkit._prompt.dotprompt import Dotprompt
from measure import Result, compare


_RULES = '\n'.join(
    f'{number}. Weigh the order book of {{{{company}}}} with care, as before.' for number in range(1, 25)
)
_TEMPLATE = f"""{{{{role "system"}}}}You advise {{{{company}}}} in {{{{place.city}}}}, {{{{place.country}}}}.
{_RULES}
{{{{#if urgent}}}}Answer at once.{{{{else}}}}Take your time.{{{{/if}}}}
{{{{role "user"}}}}These are the orders:
{{{{#each orders}}}}
- {{{{@index}}}}: {{{{name}}}}, {{{{amount}}}} pieces{{{{#if late}}}} (late){{{{/if}}}}
{{{{/each}}}}
What should {{{{company}}}} do next?
"""
_ORDERS = [{'name': f'Part {number}', 'amount': number * 3, 'late': number % 4 == 0} for number in range(50)]
_INPUT: dict[str, Any] = {
    'company': 'Acme',
    'place': {'city': 'Lyon', 'country': 'France'},
    'urgent': True,
    'orders': _ORDERS,
}


async def templates() -> list[Result]:
    """Measure rendering a compiled template to messages, finding it by its source, and compiling it."""
    prompt = Dotprompt().compile(_TEMPLATE)
    system, user = prompt.render(_INPUT).messages
    assert system.text + user.text == _plain(_INPUT), 'the floor and the template disagree'

    async def render() -> None:
        prompt.render(_INPUT)

    async def find() -> None:
        known.compile(_TEMPLATE).render(_INPUT)

    async def build() -> None:
        Dotprompt().compile(_TEMPLATE)

    async def floor() -> None:
        _plain(_INPUT)

    known = Dotprompt()
    note = f'{len(_TEMPLATE)} characters to {len(_plain(_INPUT))}'
    return [
        await compare('prompt template, 50 items: messages', render, floor, target='<= 200 µs', note=note),
        await compare('prompt template, found by its source', find, floor),
        await compare('prompt template: compile', build, floor),
    ]


def _plain(values: dict[str, Any]) -> str:
    company, place = values['company'], values['place']
    rules = '\n'.join([f'{number}. Weigh the order book of {company} with care, as before.' for number in range(1, 25)])
    orders = ''.join(
        [
            f'- {number}: {order["name"]}, {order["amount"]} pieces{" (late)" if order["late"] else ""}\n'
            for number, order in enumerate(values['orders'])
        ]
    )
    haste = 'Answer at once.' if values['urgent'] else 'Take your time.'
    return (
        f'You advise {company} in {place["city"]}, {place["country"]}.\n{rules}\n{haste}\n'
        f'These are the orders:\n{orders}What should {company} do next?\n'
    )
