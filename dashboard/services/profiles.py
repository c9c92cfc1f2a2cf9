"""Recording profiles: named ways to record, which channels follow and may depart from.

A channel keeps its whole profile. What of it equals the one it follows moves along when that
one is edited; what differs is the channel's own and stays. Recordings keep a copy from their
start, so nothing that runs ever changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from dashboard.domain.recording import Profile
from dashboard.errors import InvalidInput, NotFound, Problem, Text, text
from dashboard.extensions import db
from dashboard.layouts.document import Preset
from dashboard.models import Channel, RecordingProfile, StorageTarget
from dashboard.providers import registry
from dashboard.providers.base import Capabilities
from dashboard.services import (
    account_form,
    audit,
    channel_form,
    channel_secrets,
    context,
    profile_form,
    stale,
    storage_targets,
)
from dashboard.services.permissions import need
from dashboard.services.profile_form import Reader
from dashboard.services.readmodels import Actor
from dashboard.services.readmodels_profiles import ProfileForm, ProfileRow
from dashboard.services.unit_of_work import CHANNELS, Transaction, transaction

LONGEST_NAME = 80
STORAGE = "storage_id"
"""The field of where recordings go, beside those of how they are made."""
_SUBJECT = "recording_profile"
"""What the audit trail calls it."""
_NOBODY = ""
"""A profile's recorder uid: who records is the channel's own affair."""


@dataclass(frozen=True)
class Wanted:
    """A form that can be taken. secret: as typed; "" keeps the one there is."""

    name: str
    vendor: str
    profile: Profile
    storage_id: int | None = None
    secret: str = field(default="", repr=False)


# ---------------------------------------------------------------- looking


def rows(*, archived: bool = False) -> tuple[ProfileRow, ...]:
    """By name."""
    query = select(RecordingProfile).where(
        RecordingProfile.archived_at.is_not(None) if archived
        else RecordingProfile.archived_at.is_(None)
    )  # fmt: skip
    found = db.session.scalars(
        query.order_by(func.lower(RecordingProfile.name), RecordingProfile.id)
    )
    followers = _followers()
    return tuple(_row(row, followers.get(row.id, ())) for row in found)


def get(profile_id: int) -> ProfileRow:
    """Raises NotFound."""
    return _row(_get(profile_id), _followers().get(profile_id, ()))


def form(profile_id: int) -> ProfileForm:
    """Raises NotFound."""
    found = get(profile_id)
    values = {
        "name": found.name,
        "vendor": found.vendor,
        STORAGE: str(found.storage_id or ""),
        **profile_form.written(found.profile),
    }
    seen = stale.seen((_SUBJECT, profile_id))
    return ProfileForm(values, found.id, found.archived, seen, found.channels)


def new_form(vendor: str | None = None) -> ProfileForm:
    """vendor: None takes the first that there is."""
    known = registry.vendors()
    word = vendor if vendor in known else known[0]
    usual = usual_for(registry.capabilities_for(word))
    return ProfileForm({"name": "", "vendor": word, STORAGE: "", **profile_form.written(usual)})


def usual_for(can: Capabilities) -> Profile:
    """What a new form starts with, as far as an account can do it."""
    usual = Profile(_NOBODY)
    values = profile_form.written(usual)
    layout, output = usual.layout, usual.output
    if layout.preset not in can.layouts.presets:
        first = next(p for p in can.layouts.presets if p is not Preset.CUSTOM)
        layout = type(layout)(preset=first)
    if profile_form.why_not("output", values["output"], usual.mode, can):
        output = next(o for o in type(output)
                      if not profile_form.why_not("output", o.value, usual.mode, can))  # fmt: skip
    return Profile(_NOBODY, layout=layout, output=output)


def vendors() -> tuple[tuple[str, str], ...]:
    """(word, name) of those whose accounts a profile can be for."""
    return tuple((word, account_form.name_of(word)) for word in registry.vendors())


# ---------------------------------------------------------------- changing


def create(typed: Mapping[str, str], actor: Actor) -> int:
    """Returns the new profile's id. Raises Forbidden, InvalidInput."""
    need(actor, "operate")
    wanted = _checked(typed, None)
    return _add(wanted, actor, "profile.create")


def create_read(
    name: str, vendor: str, profile: Profile, storage_id: int | None, actor: Actor
) -> int:
    """One that came from elsewhere and is judged already. Raises Forbidden, InvalidInput."""
    need(actor, "operate")
    reader = Reader({"name": name})
    found = _name(reader)
    if reader.problems:
        raise InvalidInput(reader.problems)
    return _add(Wanted(found, vendor, profile, storage_id), actor, "profile.import")


def edit(profile_id: int, typed: Mapping[str, str], actor: Actor) -> None:
    """Its channels take the change over for their next start.

    Raises Forbidden, NotFound, InvalidInput, Stale where somebody was quicker.
    """
    need(actor, "operate")
    wanted = _checked(typed, _get(profile_id))
    name, profile = wanted.name, wanted.profile
    with transaction() as work:
        row = _get(profile_id, work)
        stale.refuse(work, row, typed, (_SUBJECT, profile_id))
        was = audit.told(row)
        before, row.document = row.document, profile.to_json()
        stored, row.storage_id = row.storage_id, wanted.storage_id
        row.name, row.version, row.updated_at = name, row.version + 1, context.now()
        channel_secrets.keep_of_profile(row, profile, wanted.secret)
        moved = _take_along(work, row, before, stored)
        audit.note(work, "profile.edit", "recording_profile", row.id, actor=actor, name=name,
                   version=row.version, channels=moved, secret=bool(wanted.secret) or None,
                   before=was, after=audit.told(row))  # fmt: skip
        work.touch(CHANNELS)


def duplicate(profile_id: int, actor: Actor) -> int:
    """Returns the copy's id."""
    need(actor, "operate")
    row = _get(profile_id)
    name = str(text("Copy of %(name)s", name=row.name))[:LONGEST_NAME]
    profile, secret = Profile.from_json(row.document), channel_secrets.of_profile(row)
    wanted = Wanted(name, row.vendor, profile, row.storage_id, secret)
    return _add(wanted, actor, "profile.duplicate")


def archive(profile_id: int, actor: Actor) -> None:
    """Put away: no longer offered. Channels that follow it keep all they have."""
    _set_archived(profile_id, actor, True)


def unarchive(profile_id: int, actor: Actor) -> None:
    _set_archived(profile_id, actor, False)


# ---------------------------------------------------------------- following


def own_parts(profile: Mapping[str, str], followed: Mapping[str, str]) -> frozenset[str]:
    """Parts of a profile that differ from the one it follows, both as forms."""
    return frozenset(
        profile_form.attribute_of(field)
        for field in (*profile_form.FIELDS, STORAGE)
        if profile.get(field, "") != followed.get(field, "")
    )


def followed_over(values: Mapping[str, str], was: str) -> dict[str, str]:
    """A channel's form after another profile was chosen in it.

    was: the id of the one it followed, "" for none. What equalled that one's takes the new
    one's value; a channel that followed none takes all.
    """
    chosen = _written(values.get("recording_profile_id", ""))
    if chosen is None or values.get("recording_profile_id") == was:
        return dict(values)
    before = _written(was)
    own = own_parts(values, before) if before else frozenset()
    taken = {field: chosen[field] for field in (*profile_form.FIELDS, STORAGE)
             if profile_form.attribute_of(field) not in own}  # fmt: skip
    return {**values, **taken}


def written_of(profile_id: int | None) -> dict[str, str] | None:
    """A profile as a form; None where there is no such."""
    row = db.session.get(RecordingProfile, profile_id) if profile_id else None
    return written(row) if row else None


def written(row: RecordingProfile) -> dict[str, str]:
    """What those that follow it take over of it, as a form."""
    return {
        STORAGE: str(row.storage_id or ""),
        **profile_form.written(Profile.from_json(row.document)),
    }


def _written(typed: str) -> dict[str, str] | None:
    return written_of(int(typed)) if typed.isascii() and typed.isdigit() else None


# ---------------------------------------------------------------- helpers


def _checked(typed: Mapping[str, str], present: RecordingProfile | None) -> Wanted:
    """The vendor of one that is there does not change. Raises InvalidInput."""
    reader = Reader(typed)
    vendor = present.vendor if present else reader.typed("vendor")
    if vendor not in registry.vendors():
        raise InvalidInput([Problem("vendor", text("Choose one of the list."))])
    can = registry.capabilities_for(vendor)
    base = Profile.from_json(present.document) if present else Profile(_NOBODY)
    profile = profile_form.read(reader, can, base)
    name = _name(reader)
    secret = channel_form.secret(reader)
    storage_id = channel_form.optional_id(reader, STORAGE)
    if storage_id is not None:
        for problem in _storage_problems(storage_id, vendor, present):
            reader.wrong(STORAGE, problem)
    if profile.encryption and not (secret or (present and present.encryption_secret)):
        reader.wrong("secret", text("Give the secret that the people's clients use."))
    problems = [problem for problem in reader.problems if problem.where != "recorder_uid"]
    if problems:
        raise InvalidInput(problems)
    return Wanted(name, vendor, profile, storage_id, secret)


def _storage_problems(storage_id: int, vendor: str, present: RecordingProfile | None) -> list[Text]:
    """Why the accounts that would use it cannot write there."""
    row = db.session.get(StorageTarget, storage_id)
    if row is None:
        return [text("Choose one of the list.")]
    reason = storage_targets.why_no_account(vendor, row)
    if reason:
        return [reason]
    return [
        text("%(channel)s follows this profile: %(why)s", channel=channel.name, why=why)
        for channel in _following(present)
        if channel.storage_id in (present.storage_id, storage_id)
        for why in [storage_targets.against(channel.account, row)]
        if why
    ]


def _following(row: RecordingProfile | None) -> list[Channel]:
    if row is None:
        return []
    query = select(Channel).where(
        Channel.recording_profile_id == row.id, Channel.archived_at.is_(None)
    )
    return list(db.session.scalars(query.order_by(func.lower(Channel.name))))


def _name(reader: Reader) -> str:
    name = reader.typed("name")
    if not name:
        reader.wrong("name", text("Give it a name."))
    elif len(name) > LONGEST_NAME:
        reader.wrong("name", text("A name has %(n)s characters at most.", n=LONGEST_NAME))
    return name


def _add(wanted: Wanted, actor: Actor, action: str) -> int:
    name, profile = wanted.name, wanted.profile
    with transaction() as work:
        row = RecordingProfile(
            name=name, vendor=wanted.vendor, document=profile.to_json(), version=1,
            storage_id=wanted.storage_id, created_by=actor.email, updated_at=context.now(),
        )  # fmt: skip
        work.session.add(row)
        work.session.flush()
        channel_secrets.keep_of_profile(row, profile, wanted.secret)
        audit.note(work, action, "recording_profile", row.id, actor=actor, name=name,
                   after=audit.told(row))  # fmt: skip
        return row.id


def _take_along(
    work: Transaction, row: RecordingProfile, before: Mapping[str, Any], stored: int | None
) -> int:
    """Give its channels what they had of it. Returns how many follow it.

    before, stored: its document and storage until now.
    """
    old, new = (Profile.from_json(document) for document in (before, row.document))
    followers = work.session.scalars(
        select(Channel).where(Channel.recording_profile_id == row.id)
    ).all()
    for channel in followers:
        channel.profile = moved_along(Profile.from_json(channel.profile), old, new).to_json()
        if channel.storage_id == stored:
            channel.storage_id = row.storage_id
    return len(followers)


def moved_along(profile: Profile, old: Profile, new: Profile) -> Profile:
    """A follower's profile after the one it follows has changed from old to new."""
    parts = {
        name: getattr(new if value == getattr(old, name) else profile, name)
        for name, value in vars(profile).items()
        if name != "recorder_uid"
    }
    return Profile(recorder_uid=profile.recorder_uid, **parts)


def _set_archived(profile_id: int, actor: Actor, archived: bool) -> None:
    need(actor, "operate")
    with transaction() as work:
        row = _get(profile_id, work)
        row.archived_at = (row.archived_at or context.now()) if archived else None
        action = "profile.archive" if archived else "profile.unarchive"
        audit.note(work, action, "recording_profile", row.id, actor=actor, name=row.name)


def _get(profile_id: int, work: Transaction | None = None) -> RecordingProfile:
    row = (work.session if work else db.session).get(RecordingProfile, profile_id)
    if row is None:
        raise NotFound(text("There is no such recording profile."))
    return row


def _row(row: RecordingProfile, channels: tuple[str, ...]) -> ProfileRow:
    return ProfileRow(
        id=row.id,
        name=row.name,
        vendor=row.vendor,
        vendor_name=account_form.name_of(row.vendor),
        profile=Profile.from_json(row.document),
        version=row.version,
        updated_at=row.updated_at,
        archived=row.archived_at is not None,
        channels=channels,
        has_secret=row.encryption_secret is not None,
        storage_id=row.storage_id,
        storage=row.storage.name if row.storage else None,
    )


def _followers() -> dict[int, tuple[str, ...]]:
    """By profile: the names of the channels that follow it."""
    found: dict[int, tuple[str, ...]] = {}
    for id_, name in db.session.execute(
        select(Channel.recording_profile_id, Channel.name)
        .where(Channel.recording_profile_id.is_not(None), Channel.archived_at.is_(None))
        .order_by(func.lower(Channel.name))
    ):
        found[id_] = (*found.get(id_, ()), name)
    return found
