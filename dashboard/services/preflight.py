"""What would keep a recording from starting or from being whole, found before it is billed.

`refuse` looks at what is known here and costs no call: every Start passes through it.
`check` is pressed for: it also asks the vendor and writes to the storage, harmlessly.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dashboard.domain.recording import Profile, StorageTarget
from dashboard.errors import Conflict, DashboardError, NotFound, ProviderError, Text, text
from dashboard.extensions import db
from dashboard.models import Channel
from dashboard.providers import registry
from dashboard.providers.base import AccountConfig, Capabilities
from dashboard.services import (
    account_changes,
    accounts,
    channel_secrets,
    context,
    engine_disk,
    limits,
    profile_form,
    profile_offers,
    storage_targets,
)
from dashboard.services.layouts import documents
from dashboard.services.permissions import need
from dashboard.services.readmodels import Actor
from dashboard.services.unit_of_work import calling_out
from dashboard.storage import trial as storage_trial
from dashboard.storage.trial import Step

ACCOUNT = text("An account in use")
SETTINGS = text("Settings that the account can do")
STORE = text("A storage to write to")
ROOM = text("Room for one more recording")
TOKEN = text("Let in for long enough")
DISK = text("Room on the engine's disk")
UID = text("The recorder's uid is free")
_HOUR_S = 3600
START_MIN = 10
"""A token is made before the recorder is in: what it must live longer than the recording."""


@dataclass(frozen=True)
class Report:
    """findings: in the order in which they matter. asked: the vendor was asked, too."""

    channel_id: int
    channel_name: str
    findings: tuple[Step, ...]
    asked: bool = False

    @property
    def ok(self) -> bool:
        return not any(step.needed and step.why for step in self.findings)


def refuse(channel: Channel) -> None:
    """Raises Conflict with everything known here that would keep it from starting."""
    reasons = [step.why for step in _known(channel) if step.needed and step.why]
    if not reasons:
        return
    if len(reasons) == 1:
        raise Conflict(reasons[0])
    raise Conflict(
        text("%(why)s There is more: press Check on the channel's page.", why=reasons[0])
    )


def look(channel_id: int, actor: Actor) -> Report:
    """What can be told without asking anybody. Raises Forbidden, NotFound."""
    need(actor, "operate")
    channel = _get(channel_id)
    return Report(channel.id, channel.name, _known(channel))


def check(channel_id: int, actor: Actor) -> Report:
    """Everything; takes as long as the vendor and the storage do. Raises Forbidden, NotFound."""
    need(actor, "operate")
    channel = _get(channel_id)
    name, known, target = channel.name, _known(channel), _target(channel)
    config = accounts.config_of(channel.account)
    uid = channel.profile["recorder_uid"]
    called = accounts.studio_channel(config.vendor, name, channel.profile)
    callbacks = account_changes.callback_steps(channel.account, config.base_url)
    provider = accounts.provider_of(config)
    with calling_out():
        found = [account_changes.let_in_step(provider), *_disk(config)]
        found += storage_trial.try_out(target) if target else ()
        found += _uid_is_free(config, called, uid)
    return Report(channel_id, name, (*known, *found, *callbacks), asked=True)


# ---------------------------------------------------------------- known here


def _known(channel: Channel) -> tuple[Step, ...]:
    profile = Profile.from_json(channel.profile)
    can = registry.capabilities_for(channel.account.vendor)
    settings = tuple(_settings(channel, profile, can)) or (Step(SETTINGS, needed=True),)
    return (
        *_account(channel),
        *settings,
        _store(channel),
        _room(channel),
        *_token(channel, profile, can),
    )


def _account(channel: Channel) -> Iterator[Step]:
    """Told only where it stands in the way."""
    if channel.account.archived_at is not None:
        why = text("Account %(name)s is disabled.", name=channel.account.name)
        yield Step(ACCOUNT, why, needed=True)


def _settings(channel: Channel, profile: Profile, can: Capabilities) -> Iterator[Step]:
    """Each thing that the account would refuse as a line of its own."""
    for problem in profile_form.problems_with(profile, can):
        label = profile_offers.LABELS.get(problem.where, SETTINGS)
        yield Step(label, problem.what, needed=True)
    try:
        documents.judge(profile.layout, documents.family_of(channel.account.vendor), profile.canvas)
    except DashboardError as fault:
        yield Step(profile_offers.LABELS["preset"], fault.message, needed=True)
    if profile.encryption and not channel_secrets.of(channel):
        yield Step(
            profile_offers.LABELS["secret"], text("The channel's secret is missing."), needed=True
        )


def _store(channel: Channel) -> Step:
    try:
        target = storage_targets.chosen(channel.account, channel.storage_id).target
    except DashboardError as fault:
        return Step(STORE, fault.message, needed=True)
    planned_min = limits.longest_min(channel.profile.get("max_duration_min"))
    return _key_lasts(target, planned_min, channel.account.vendor)


def _key_lasts(target: StorageTarget, planned_min: int | None, vendor: str) -> Step:
    """Whether a temporary key lives as long as the recording may."""
    if target.sts_expires_s is None:
        return Step(STORE, needed=True)
    left_min = (target.sts_expires_s - context.now().timestamp()) / 60
    if left_min <= 0:
        return Step(STORE, text("Its temporary key has expired."), needed=True)
    if planned_min is not None and left_min >= planned_min:
        return Step(STORE, needed=True)
    if not registry.capabilities_for(vendor).renew_storage:
        why = text(
            "Its temporary key ends in %(minutes)s min, which the recording may outlast, "
            "and this vendor takes no new one meanwhile.",
            minutes=int(left_min),
        )
        return Step(STORE, why, needed=True)
    why = text(
        "Its temporary key ends in %(minutes)s min, which the recording may outlast. Put a new "
        "one into the storage before; what runs is given it.",
        minutes=int(left_min),
    )
    return Step(STORE, why)


def _target(channel: Channel) -> StorageTarget | None:
    try:
        return storage_targets.chosen(channel.account, channel.storage_id).target
    except DashboardError:
        return None  # told already


def _room(channel: Channel) -> Step:
    most = channel.account.most_recordings
    if most is not None and limits.active_on(channel.account_id) >= most:
        why = text("The account may record %(n)s at the same time, and does.", n=most)
        return Step(ROOM, why, needed=True)
    return Step(ROOM, needed=True)


def _token(channel: Channel, profile: Profile, can: Capabilities) -> Iterator[Step]:
    """Whether the recorder is let in for as long as the recording may last."""
    life_s = can.token_life_s
    if life_s is None or not _makes_tokens(accounts.config_of(channel.account), can):
        return
    planned_min = limits.longest_min(profile.max_duration_min)
    hours = life_s // _HOUR_S
    if planned_min is None:
        why = text("Its token lives %(hours)s h and the recording has no ceiling. "
                   "After that the recorder is sent out of the channel.", hours=hours)  # fmt: skip
        yield Step(TOKEN, why)
    elif (planned_min + START_MIN) * 60 > life_s:
        why = text("Its token lives %(hours)s h, counted from before the start; the recording may "
                   "last as long or longer. Set a ceiling that is at least %(minutes)s min "
                   "shorter.", hours=hours, minutes=START_MIN)  # fmt: skip
        # the ceiling of the house is no plan of this channel's, and few recordings reach it
        yield Step(TOKEN, why, needed=profile.max_duration_min is not None)
    else:
        yield Step(TOKEN, needed=True)


def _makes_tokens(config: AccountConfig, can: Capabilities) -> bool:
    """Where a token is made of a secret that may be missing, none is made without it."""
    optional = [one.name for one in can.credentials if one.hidden and not one.required]
    return not optional or any(config.credentials.get(name) for name in optional)


# ---------------------------------------------------------------- asked


def _disk(config: AccountConfig) -> tuple[Step, ...]:
    """Only an engine of ours has a disk that we know of."""
    if accounts.studio_of(config) is None:
        return ()
    return (Step(DISK, engine_disk.why_full(config), needed=True),)


_CANNOT_KNOW = text(
    "This account's vendor does not tell who is in a channel, so it cannot be known. Give the "
    "recorder a uid that nobody else uses."
)


def _uid_is_free(config: AccountConfig, channel: str, uid: str) -> tuple[Step, ...]:
    """Only a studio can tell who is in a channel."""
    studio = accounts.studio_of(config)
    if studio is None:
        return (Step(UID, _CANNOT_KNOW),)
    try:
        taken = any(person.uid == uid for person in studio.people(channel))
    except ProviderError as fault:
        return (Step(UID, fault.message),)
    why: Text | None = None
    if taken:
        why = text("Somebody with uid %(uid)s is in the channel. Give the recorder another one.",
                   uid=uid)  # fmt: skip
    return (Step(UID, why, needed=True),)


def _get(channel_id: int) -> Channel:
    channel = db.session.get(Channel, channel_id)
    if channel is None:
        raise NotFound(text("There is no such channel."))
    return channel
