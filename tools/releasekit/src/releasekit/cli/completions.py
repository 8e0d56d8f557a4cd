# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""`releasekit completions`: scripts that complete commands and options in a shell, made from the parser itself."""

import argparse
from collections.abc import Mapping
from typing import cast


SHELLS = ('bash', 'zsh', 'fish')
_BASH = """\
_releasekit() {{
  local words="{commands}"
  case "${{COMP_WORDS[1]}}" in
{cases}
  esac
  [ "$COMP_CWORD" -gt 1 ] || words="{commands}"
  COMPREPLY=($(compgen -W "$words" -- "${{COMP_WORDS[COMP_CWORD]}}"))
}}
complete -o default -F _releasekit releasekit
"""


def completions(parser: argparse.ArgumentParser, shell: str) -> str:
    """Return the script for a shell; zsh reads that of bash."""
    commands = _commands(parser)
    if shell == 'fish':
        return _fish(commands)
    cases = '\n'.join(f'    {name}) words="{" ".join(_options(command))}" ;;' for name, command in commands.items())
    script = _BASH.format(commands=' '.join(commands), cases=cases)
    return f'autoload -U +X bashcompinit && bashcompinit\n{script}' if shell == 'zsh' else script


def _fish(commands: Mapping[str, argparse.ArgumentParser]) -> str:
    lines = [f'complete -c releasekit -n __fish_use_subcommand -f -a "{" ".join(commands)}"']
    for name, command in commands.items():
        for option in _options(command):
            flag = f'-l {option[2:]}' if option.startswith('--') else f'-a {option}'
            lines.append(f'complete -c releasekit -n "__fish_seen_subcommand_from {name}" {flag}')
    return '\n'.join(lines) + '\n'


def _commands(parser: argparse.ArgumentParser) -> Mapping[str, argparse.ArgumentParser]:
    choices = (action.choices for action in parser._actions)  # noqa: SLF001 - argparse lists them nowhere else
    return next(cast('Mapping[str, argparse.ArgumentParser]', it) for it in choices if isinstance(it, Mapping))


def _options(command: argparse.ArgumentParser) -> list[str]:
    words: list[str] = []
    for action in command._actions:  # noqa: SLF001 - as above
        long = [option for option in action.option_strings if option.startswith('--')]
        words += long or [str(choice) for choice in action.choices or ()]
    return words
