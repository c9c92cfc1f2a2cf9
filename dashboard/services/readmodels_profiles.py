"""What the forms of channels and recording profiles are given."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from dashboard.domain.recording import Profile
from dashboard.errors import Text
from dashboard.layouts.document import Preset
from dashboard.providers.base import Span


@dataclass(frozen=True)
class Option:
    """reason: why it cannot be chosen; None where it can."""

    value: str
    words: Text
    reason: Text | None = None


@dataclass(frozen=True)
class FieldOffer:
    """One field of a form. span: numbers that fit. trap: of the vendor, built in, to be known.

    barred: why nothing but the default can be had; None where it is open.
    """

    name: str
    label: Text
    options: tuple[Option, ...] = ()
    span: Span | None = None
    unit: Text | None = None
    hint: Text | None = None
    trap: Text | None = None
    barred: Text | None = None

    @property
    def refusals(self) -> tuple[tuple[Text, tuple[Option, ...]], ...]:
        """Why choices are shut, each reason once with all that it shuts."""
        reasons = dict.fromkeys(str(option.reason) for option in self.options if option.reason)
        found = (
            tuple(option for option in self.options if str(option.reason) == reason)
            for reason in reasons
        )
        return tuple((options[0].reason, options) for options in found)


@dataclass(frozen=True)
class ThingChoice:
    """A recording profile or a storage to choose. reason: why it cannot be."""

    id: int
    name: str
    reason: Text | None = None


@dataclass(frozen=True)
class FormOffers:
    """All that a form of a channel or profile offers.

    own: parts of the profile ("canvas", "sound") that differ from the one it follows.
    followed: the name of that one. has_secret: one is kept, so that the field may stay empty.
    """

    fields: Mapping[str, FieldOffer]
    presets: tuple[Preset, ...]
    usual: Mapping[str, str]
    profiles: tuple[ThingChoice, ...] = ()
    storages: tuple[ThingChoice, ...] = ()
    own: frozenset[str] = frozenset()
    followed: str | None = None
    has_secret: bool = False


@dataclass(frozen=True)
class ProfileRow:
    """A recording profile in the list. channels: names of those that follow it.

    storage_id, storage: where their recordings go; None: where the account's go.
    """

    id: int
    name: str
    vendor: str
    vendor_name: str
    profile: Profile
    version: int
    updated_at: datetime
    archived: bool
    channels: tuple[str, ...] = ()
    has_secret: bool = False
    storage_id: int | None = None
    storage: str | None = None


@dataclass(frozen=True)
class ProfileForm:
    """A recording profile's form, filled in: values by field name, all text. seen: see stale."""

    values: Mapping[str, str]
    profile_id: int | None = None
    archived: bool = False
    seen: str = ""
    channels: tuple[str, ...] = ()
