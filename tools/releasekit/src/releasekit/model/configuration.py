# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a workspace says about its releases, with defaults for all of it; `releasekit.workspace.configure` reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from releasekit.model.plan import Level


class Profile(StrEnum):
    """Which rules of `check` hold: those that packages of any public index need, or those of one house besides."""

    PYPI = 'pypi'
    HOUSE = 'house'


# The type of a conventional commit, such as `fix` or `security-fix`.
COMMIT_TYPE = r'[A-Za-z][A-Za-z0-9_-]*'


class Versioning(StrEnum):
    """Whether each package has its own version, or all share one."""

    INDEPENDENT = 'independent'
    LOCKSTEP = 'lockstep'


class ZeroPolicy(StrEnum):
    """What 0.y.z becomes: a break raises y (minor), or every level one place less (shift), or as above 1.0 (major)."""

    MINOR = 'minor'
    SHIFT = 'shift'
    MAJOR = 'major'


class Propagation(StrEnum):
    """When a package is released because another one is."""

    OUT_OF_RANGE = 'out-of-range'
    ALWAYS = 'always'
    NEVER = 'never'


class PinStyle(StrEnum):
    """What built metadata asks of another member: its own words, that version, its patches, or up to the next break."""

    KEEP = 'keep'
    EXACT = '=='
    COMPATIBLE = '~='
    RANGE = 'range'


class IntentMode(StrEnum):
    """Whether intent files count beside commits, instead of them where there are some, or alone."""

    ADD = 'add'
    OVERRIDE = 'override'
    ONLY = 'only'


class PublicApi(StrEnum):
    """The effect of a changed public interface: breaks need confirmation (guard), the level is raised, or nothing."""

    GUARD = 'guard'
    RAISE = 'raise'
    IGNORE = 'ignore'


class GroupKind(StrEnum):
    """Whether a group is released as a whole (fixed), or only shares versions among those that are (linked)."""

    FIXED = 'fixed'
    LINKED = 'linked'


class Releases(StrEnum):
    """The kind of versions that a package gets when none is asked for."""

    DEV = 'dev'
    ALPHA = 'alpha'
    BETA = 'beta'
    RC = 'rc'
    FINAL = 'final'


@dataclass(frozen=True)
class Group:
    """Members, given by names or patterns, that share a version; `releases` is their kind of versions."""

    members: tuple[str, ...] = ()
    kind: GroupKind = GroupKind.FIXED
    releases: Releases | None = None


@dataclass(frozen=True)
class EdgePolicy:
    """What holds for some edges instead of the workspace's rule."""

    propagation: Propagation | None = None
    pin: PinStyle | None = None


@dataclass(frozen=True)
class PackagePolicy:
    """What holds for one package: its former names and folders, files that repeat its version, its kind of versions.

    `published` is false for a package that no release uploads; a table with it may be for a pattern of names.
    """

    formerly: tuple[str, ...] = ()
    moved_from: tuple[str, ...] = ()
    version_files: tuple[str, ...] = ()
    releases: Releases | None = None
    published: bool | None = None


@dataclass(frozen=True)
class Configuration:
    """The names, rules and policies that the workspace's packages share.

    Attributes:
        profile: The rules of `releasekit check` that hold.
        core: Distribution of the folder `core/`; its import package is the same name with underscores. Empty: any.
        plugin_prefix: `plugins/<name>` is the distribution `<plugin_prefix><name>`. Empty: any.
        sample_prefix: `samples/<name>` is the distribution `<sample_prefix><name>`. Empty: any.
        import_prefix: `plugins/<name>` is imported as `<import_prefix><name>`, dashes as underscores. Empty: as the
            distribution is called.
        pythons: Minor versions of Python that every published package names in its classifiers.
        skip: Rules of `releasekit check` that this workspace does without.
        versioning: Independent versions, or one for all.
        zero: What a break means below 1.0.
        propagation: When dependants are released too.
        pin: How built metadata requires other members.
        tag: The form of tags that are written; it is read too.
        tags_read: Further forms that are read; those without a name count where all packages share a version.
        bootstrap: A commit whose manifests hold released versions, for packages that have no tag.
        publish_to: The index that the release workflow publishes to; no workflow is wanted without one.
        new_projects: How many names an index takes in a day that it has never seen; 0 if it does not say.
        public_api: What a public interface that changed more than the commits say means.
        intents: What intent files mean beside commits.
        intents_folder: Where they lie, relative to the root.
        types: Level of each type of conventional commit, beside those of `DEFAULT_TYPES`.
        paths: Members that a pattern of paths belongs to, before the folder decides; an empty list is nobody.
        groups: Members that share a version.
        edges: Policies of edges, by "FROM -> TO" with patterns; the first that fits decides.
        packages: Policies of packages.
    """

    profile: Profile = Profile.PYPI
    core: str = ''
    plugin_prefix: str = ''
    sample_prefix: str = ''
    import_prefix: str = ''
    pythons: tuple[str, ...] = ('3.11', '3.12', '3.13', '3.14')
    skip: tuple[str, ...] = ()
    versioning: Versioning = Versioning.INDEPENDENT
    zero: ZeroPolicy = ZeroPolicy.MINOR
    propagation: Propagation = Propagation.OUT_OF_RANGE
    pin: PinStyle = PinStyle.RANGE
    tag: str = '{name}-v{version}'
    tags_read: tuple[str, ...] = (
        '{name}@{version}',
        '{name}=={version}',
        '{name}/v{version}',
        'v{version}',
        '{version}',
    )
    bootstrap: str = ''
    publish_to: str = ''
    new_projects: int = 0
    public_api: PublicApi = PublicApi.GUARD
    intents: IntentMode = IntentMode.ADD
    intents_folder: str = '.changes'
    types: Mapping[str, Level] = field(default_factory=dict[str, Level])
    paths: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    groups: Mapping[str, Group] = field(default_factory=dict[str, Group])
    edges: Mapping[str, EdgePolicy] = field(default_factory=dict[str, EdgePolicy])
    packages: Mapping[str, PackagePolicy] = field(default_factory=dict[str, PackagePolicy])

    @property
    def internal_prefixes(self) -> tuple[str, ...]:
        """Beginnings of names that only members of this workspace may have."""
        return tuple(prefix for prefix in (self.plugin_prefix, self.sample_prefix) if prefix)
