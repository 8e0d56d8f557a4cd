# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a run consists of: the specs that were named, with the applications that they are run against."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from genkit.plugin import did_you_mean

from conform.model.capabilities import find_capability
from conform.model.errors import UsageError
from conform.model.outcome import Package
from conform.model.suite import Case
from conform.specs.folders import SPECS, Folder, Settings, find_folders, read_folder
from conform.specs.read import default_capabilities, read_cases
from conform.targets.loading import Application


@dataclass(frozen=True)
class Selection:
    """What is to be run, and against what.

    Attributes:
        specs: Spec files, folders with one, folders of such folders.
        plugin: Instead of the one that a spec's folder stands for.
        entry: Instead of a plugin.
        models: Of the specs, these models only; without specs, these.
        supports: These built-in tests, instead of what specs say.
        test_filter: Only cases with this in their names, in whatever case.
        config: Arguments of the plugin's class.
        has_runtime: Whether the models are in an application that runs already.
        loopback: Whether the provider is played on this machine, so that no key is needed.
    """

    specs: Sequence[Path] = ()
    plugin: str = ''
    entry: str = ''
    models: Sequence[str] = ()
    supports: Sequence[str] = ()
    test_filter: str = ''
    config: dict[str, Any] = field(default_factory=dict[str, Any])
    has_runtime: bool = False
    loopback: bool = False


@dataclass(frozen=True)
class Plan:
    """What is run against one application; `skip` says why it is not."""

    name: str
    application: Application = field(default_factory=Application)
    cases: Sequence[Case] = ()
    skip: str = ''
    settings: Settings = field(default_factory=Settings)
    package: Package | None = None


def make_plans(selection: Selection) -> list[Plan]:
    """Return what is to be run, in order.

    Raises:
        UsageError: A spec is broken, or the selection selects nothing.
    """
    if not selection.specs and not selection.models:
        raise UsageError('There is nothing to run: name a spec, a folder with one, or a --model.')
    if selection.config and (selection.entry or selection.has_runtime):
        raise UsageError('--config is for the class of a plugin; an application configures its plugins itself.')
    plans = [plan for path in selection.specs for plan in _plans_of(path, selection)]
    if not selection.specs:
        plan = Plan('', cases=_capability_cases(selection.models, default_capabilities()))
        plans = [_with_application(plan, Settings(), Path.cwd(), selection)]
    known = {case.model for plan in plans for case in plan.cases}
    for model in selection.models:
        if model not in known:
            raise UsageError(f'No spec has a model {model!r}.{did_you_mean(model, known)}')
    chosen = [replace(plan, cases=_filtered(plan.cases, selection)) for plan in plans]
    if known and not any(plan.cases for plan in chosen):
        raise UsageError(f'No test is called {selection.test_filter!r}. List them with `conform run --list`.')
    return [plan for plan in chosen if plan.cases or plan.skip]


def _plans_of(path: Path, selection: Selection) -> Iterator[Plan]:
    if path.is_dir():
        folders = find_folders(path)
        if folders[0].path == path and folders[0].spec is None:
            raise UsageError(f'{path} has no {folders[0].settings.spec or SPECS[0]}; add it, or name a spec file.')
        yield from (_plan_of(folder, selection) for folder in folders)
        return
    folder = read_folder(path.parent)
    if folder.spec and folder.spec.name == path.name:
        yield _plan_of(folder, selection)
    else:
        yield _with_application(Plan(path.stem, cases=read_cases(path)), Settings(), path.parent, selection)


def _plan_of(folder: Folder, selection: Selection) -> Plan:
    settings = folder.settings
    if folder.spec is None:
        return Plan(folder.name, skip=f'no {settings.spec or SPECS[0]}')
    cases = read_cases(folder.spec)
    if selection.loopback and not settings.loopback.wires:
        return Plan(folder.name, cases=cases, skip='needs the model itself')
    if selection.loopback:
        cases = [replace(case, skip=settings.loopback.skip.get(case.name, '')) for case in cases]
    elif missing := settings.missing_env():
        return Plan(folder.name, cases=cases, skip=f'needs {", ".join(missing)} in the environment')
    named = settings if settings.plugin or settings.entry else settings.model_copy(update={'plugin': folder.name})
    package = Package(folder.name, folder.distribution, settings.counterpart) if folder.distribution else None
    return _with_application(Plan(folder.name, cases=cases, package=package), named, folder.path, selection)


def _with_application(plan: Plan, settings: Settings, base: Path, selection: Selection) -> Plan:
    """Return a plan with the application that the command line, the folder or else the models' names say."""
    folder, plugin, entry = str(base.resolve()), settings.plugin or '', settings.entry or ''
    if selection.plugin or selection.entry:
        folder, plugin, entry = str(Path.cwd()), selection.plugin, selection.entry
    elif not plugin and not entry and not selection.has_runtime:
        plugin = _plugin_of(plan.cases)
    application = Application(plugin, entry, folder, {**settings.config, **selection.config})
    name = plan.name or plugin or entry or 'runtime'
    return replace(plan, name=name, application=application, settings=settings)


def _plugin_of(cases: Sequence[Case]) -> str:
    """Return the plugin that all models are named after."""
    prefixes = {case.key.split('/')[2] if case.key.count('/') > 2 else '' for case in cases}  # noqa: PLR2004 - /kind/p/m
    if len(prefixes) != 1 or '' in prefixes:
        raise UsageError('The names of the models do not tell which plugin has them: say --plugin or --entry.')
    return prefixes.pop()


def _capability_cases(models: Sequence[str], names: Sequence[str]) -> list[Case]:
    return [find_capability(name).case(model) for model in models for name in names]


def _filtered(cases: Sequence[Case], selection: Selection) -> list[Case]:
    chosen = [case for case in cases if not selection.models or case.model in selection.models]
    if selection.supports:
        chosen = _capability_cases(list(dict.fromkeys(case.model for case in chosen)), selection.supports)
    return [case for case in chosen if selection.test_filter.lower() in case.name.lower()]
