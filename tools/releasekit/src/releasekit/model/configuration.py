# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the root manifest says about releasing: the table `[tool.releasekit]`, with defaults for all of it."""

from dataclasses import dataclass, fields

from releasekit.model.errors import WorkspaceError
from releasekit.model.manifest import Manifest
from releasekit.model.names import suggestion


@dataclass(frozen=True)
class Configuration:
    """The names and versions that the workspace's packages share.

    Attributes:
        core: Distribution of the folder `core/`; its import package is the same name with underscores.
        plugin_prefix: `plugins/<name>` is the distribution `<plugin_prefix><name>`.
        sample_prefix: `samples/<name>` is the distribution `<sample_prefix><name>`.
        import_prefix: `plugins/<name>` is imported as `<import_prefix><name>`, dashes as underscores.
        pythons: Minor versions of Python that every published package names in its classifiers.
        skip: Rules of `releasekit check` that this workspace does without.
    """

    core: str = 'genkit'
    plugin_prefix: str = 'genkit-plugin-'
    sample_prefix: str = 'genkit-sample-'
    import_prefix: str = 'genkit_'
    pythons: tuple[str, ...] = ('3.11', '3.12', '3.13', '3.14')
    skip: tuple[str, ...] = ()

    @property
    def internal_prefixes(self) -> tuple[str, ...]:
        """Beginnings of names that only members of this workspace may have."""
        return (self.plugin_prefix, self.sample_prefix)


def read_configuration(manifest: Manifest) -> Configuration:
    """Return the configuration of a root manifest.

    Raises:
        WorkspaceError: A key is unknown or its value has the wrong shape.
    """
    known = {field.name.replace('_', '-'): field for field in fields(Configuration)}
    values: dict[str, str | tuple[str, ...]] = {}
    for key in manifest.table('tool', 'releasekit'):
        if key not in known:
            place = manifest.place('tool', 'releasekit', key)
            raise WorkspaceError(
                f'{place}: unknown key {key!r} in [tool.releasekit].{suggestion(key, known)} Known: {", ".join(known)}'
            )
        look_up = manifest.strings if isinstance(known[key].default, tuple) else manifest.string
        value = look_up('tool', 'releasekit', key)
        if value is not None:
            values[known[key].name] = value
    return Configuration(**values)  # pyright: ignore[reportArgumentType] - each value was read in its field's shape
