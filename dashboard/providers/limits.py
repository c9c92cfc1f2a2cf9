"""What of a profile an account cannot do. Pure; whatever it finds is shown before a start."""

import re
from collections.abc import Iterator
from typing import Any

from dashboard.domain.recording import SALTED, Mode, Profile, RecordingSpec, StorageTarget, Streams
from dashboard.domain.subscription import Subscription
from dashboard.domain.subscription import problems_of as problems_of_subscription
from dashboard.errors import Problem, Unsupported, text
from dashboard.providers.base import Capabilities

_PICTURE_FIELDS = ("canvas.width", "canvas.height", "canvas.fps", "canvas.bitrate_kbps")
_NOT_FIELDS = ("layout", "subscription", "recorder_uid", "max_duration_min")


def problems_of(
    profile: Profile, capabilities: Capabilities, storage: StorageTarget | None = None
) -> list[Problem]:
    """Everything wrong, by the field's name ("canvas.fps", "storage.region")."""
    found = [
        *_recorder(profile, capabilities),
        *_barred(profile, capabilities),
        *_layout(profile, capabilities),
        *_out_of_range(profile, capabilities),
        *problems_of_lists(profile.subscription, profile, capabilities),
        *_encryption(profile),
    ]
    if storage is not None:
        found += _storage(storage, capabilities)
    return found


def problems_of_lists(
    subscription: Subscription, profile: Profile, capabilities: Capabilities
) -> list[Problem]:
    """The same of lists alone, for a recording of this profile."""
    return problems_of_subscription(
        subscription,
        capabilities.subscription,
        sound=profile.streams is not Streams.VIDEO,
        pictures=profile.streams is not Streams.AUDIO,
    )


def problems_of_name(name: str, profile: Profile, capabilities: Capabilities) -> list[Problem]:
    """What the vendor would not take of a channel's name."""
    rule = capabilities.channel_rule(profile.room_type)
    return [] if rule.takes(name) else [Problem("name", rule.words)]


def refuse_what_cannot_be(spec: RecordingSpec, capabilities: Capabilities, vendor: str) -> None:
    """Raises Unsupported with the first thing that this account cannot do."""
    problems = [
        *problems_of_name(spec.channel, spec.profile, capabilities),
        *problems_of(spec.profile, capabilities, spec.storage),
    ]
    if problems:
        raise Unsupported(problems[0].what, vendor=vendor, operation="prepare")


def value_of(profile: Profile, name: str) -> Any:
    """A field by the name that `Capabilities` has for it."""
    value: Any = profile
    for part in name.split("."):
        value = getattr(value, part)
    return value


def _recorder(profile: Profile, capabilities: Capabilities) -> Iterator[Problem]:
    if not re.fullmatch(capabilities.uid, profile.recorder_uid):
        hint = capabilities.uid_hint or text("This account takes no such recorder uid.")
        yield Problem("recorder_uid", hint)


def _barred(profile: Profile, capabilities: Capabilities) -> Iterator[Problem]:
    for name in vars(profile):
        if name in _NOT_FIELDS or name == "canvas":
            continue
        value = getattr(profile, name)
        if value == getattr(Profile, name):
            reason = _value_is_barred(profile, capabilities, name, value)
        else:
            reason = capabilities.why_not(name, value, profile.mode)
        if reason:
            yield Problem(name, reason)


def _layout(profile: Profile, capabilities: Capabilities) -> Iterator[Problem]:
    """What no field of a form shows, and what a vendor would leave out without a word."""
    if profile.layout.watermarks and not capabilities.layouts.most_watermarks:
        yield Problem("layout", text("This account paints nothing over the picture."))


def _value_is_barred(profile: Profile, capabilities: Capabilities, name: str, value: Any):
    """A default is no choice, so only a bar that names it counts."""
    for bar in capabilities.bars:
        holds = not bar.modes or profile.mode in bar.modes
        if bar.field == name and holds and str(value) in bar.values:
            return bar.reason
    return None


def _out_of_range(profile: Profile, capabilities: Capabilities) -> Iterator[Problem]:
    for name, span in capabilities.ranges.items():
        value = value_of(profile, name)
        if value is None or (name == "snapshot_s" and not value) or not _counts(profile, name):
            continue
        if value not in span:
            what = text("Choose %(low)d to %(high)d.", low=span.low, high=span.high)
            yield Problem(name, what)
    for name, numbers in capabilities.numbers.items():
        if _counts(profile, name) and value_of(profile, name) not in numbers:
            known = ", ".join(map(str, numbers))
            yield Problem(name, text("Choose one of %(numbers)s.", numbers=known))
    canvas = profile.canvas
    if _counts(profile, "canvas.width") and canvas.width * canvas.height > capabilities.most_pixels:
        yield Problem("canvas.width", text("The picture is larger than 1920 x 1080 in all."))


def _counts(profile: Profile, name: str) -> bool:
    """A canvas means nothing where no picture is composed."""
    composed = profile.mode is Mode.MIX and profile.streams is not Streams.AUDIO
    return composed or name not in _PICTURE_FIELDS


def _encryption(profile: Profile) -> Iterator[Problem]:
    encryption = profile.encryption
    if encryption and encryption.cipher in SALTED and not encryption.salt:
        yield Problem("encryption.salt", text("This cipher needs a salt of 32 bytes."))


def _storage(storage: StorageTarget, capabilities: Capabilities) -> Iterator[Problem]:
    offer = capabilities.store(storage.kind)
    if offer is None:
        yield Problem("storage.kind", text("This account cannot write to such a store."))
        return
    if offer.regions and storage.region not in offer.regions:
        yield Problem("storage.region", text("This account does not know that region."))
    if offer.endpoint and not storage.endpoint:
        yield Problem("storage.endpoint", text("This store needs an address."))
    if storage.sts_token and not offer.sts:
        yield Problem("storage.sts_token", text("This store takes no temporary keys."))
