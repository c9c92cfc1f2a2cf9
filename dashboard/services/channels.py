"""Channels: what is recorded, and how."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from dashboard.domain.recording import Profile
from dashboard.errors import Conflict, DashboardError, InvalidInput, NotFound, Problem, text
from dashboard.extensions import db
from dashboard.models import Account, Channel, RecordingProfile
from dashboard.providers import registry
from dashboard.providers.base import Capabilities
from dashboard.services import (
    audit,
    channel_form,
    channel_secrets,
    context,
    lookup,
    stale,
    storage_targets,
)
from dashboard.services.channel_form import Wanted
from dashboard.services.permissions import need
from dashboard.services.profile_form import Reader
from dashboard.services.readmodels import Actor
from dashboard.services.unit_of_work import CHANNELS, RECORDINGS, transaction

_ANY = Capabilities(most_regions=17)
"""Asked of a form that names no account: only its own rules hold."""


def check(form: Mapping[str, str], channel_id: int | None = None) -> None:
    """Raises InvalidInput with everything that keeps this form from being taken."""
    _checked(form, channel_id)


def create(form: Mapping[str, str], actor: Actor) -> int:
    """Returns the new channel's id. Raises Forbidden, InvalidInput."""
    need(actor, "operate")
    wanted = _checked(form, None)
    with _names_are_unique(), transaction() as work:
        channel = Channel(
            account_id=wanted.account_id,
            name=wanted.name,
            profile=wanted.profile.to_json(),
            recording_profile_id=wanted.recording_profile_id,
            storage_id=wanted.storage_id,
            created_at=context.now(),
        )
        work.session.add(channel)
        work.session.flush()
        channel_secrets.keep(channel, wanted)
        audit.note(work, "channel.create", "channel", channel.id, actor=actor, name=wanted.name,
                   after=audit.told(channel))  # fmt: skip
        work.touch(CHANNELS)
        return channel.id


def edit(channel_id: int, form: Mapping[str, str], actor: Actor) -> None:
    """A recording that runs goes on as it was started.

    Raises Forbidden, NotFound, InvalidInput, Conflict where a running recording stands on it.
    """
    need(actor, "operate")
    wanted = _checked(form, channel_id)
    with _names_are_unique(), transaction() as work:
        channel = lookup.channel(channel_id)
        stale.refuse(work, channel, form, *subjects_of(channel))
        moves = channel.account_id != wanted.account_id or channel.name != wanted.name
        if moves and lookup.running_of(channel_id):
            raise Conflict(
                text("Name and account cannot change while it is being recorded."),
                lookup.running_of(channel_id),
            )
        before = audit.told(channel)
        channel.account_id, channel.name = wanted.account_id, wanted.name
        channel.profile = wanted.profile.to_json()
        channel.recording_profile_id = wanted.recording_profile_id
        channel.storage_id = wanted.storage_id
        channel_secrets.keep(channel, wanted)
        work.session.flush()
        audit.note(work, "channel.edit", "channel", channel_id, actor=actor, name=wanted.name,
                   before=before, after=audit.told(channel),
                   secret=bool(wanted.secret) or None)  # fmt: skip
        work.touch(CHANNELS, RECORDINGS)


def subjects_of(channel: Channel) -> tuple[stale.Subject, ...]:
    """What its form is filled in from: itself, and the profile that it follows."""
    return ("channel", channel.id), ("recording_profile", channel.recording_profile_id)


def archive(channel_id: int, actor: Actor) -> None:
    """Put it away; its recordings stay. Raises Conflict while it is being recorded."""
    need(actor, "operate")
    with transaction() as work:
        channel = lookup.channel(channel_id)
        if lookup.running_of(channel_id):
            raise Conflict(
                text("%(name)s is being recorded. Stop it first.", name=channel.name),
                lookup.running_of(channel_id),
            )
        channel.archived_at = channel.archived_at or context.now()
        audit.note(work, "channel.archive", "channel", channel_id, actor=actor, name=channel.name)
        work.touch(CHANNELS)


def unarchive(channel_id: int, actor: Actor) -> None:
    """Raises Conflict when another channel has taken its name."""
    need(actor, "operate")
    try:
        with transaction() as work:
            channel = lookup.channel(channel_id)
            channel.archived_at = None
            work.session.flush()
            audit.note(work, "channel.unarchive", "channel", channel_id, actor=actor,
                       name=channel.name)  # fmt: skip
            work.touch(CHANNELS)
    except IntegrityError:
        raise Conflict(text("Another channel has this name now. Rename that one first.")) from None


# ---------------------------------------------------------------- helpers


def _checked(form: Mapping[str, str], channel_id: int | None) -> Wanted:
    """The form's own rules, then those that ask the tables; all problems in one go."""
    present = db.session.get(Channel, channel_id) if channel_id else None
    if channel_id and present is None:
        raise NotFound(text("There is no such channel."))
    account = _account_of(form)
    can = registry.capabilities_for(account.vendor) if account else _ANY
    profile = Profile.from_json(present.profile) if present else None
    wanted, problems = channel_form.examine(form, can, profile)
    wrong = {problem.where for problem in problems}
    if account is None and "account_id" not in wrong:
        problems.append(Problem("account_id", text("Choose one of the accounts.")))
    if account and "name" not in wrong:
        problems += _name_problems(wanted.name, account.id, channel_id)
    if account:
        problems += _choice_problems(wanted, account, present)
    if problems:
        raise InvalidInput(problems)
    return wanted


def _account_of(form: Mapping[str, str]) -> Account | None:
    account_id = channel_form.account_of(Reader(form))
    account = db.session.get(Account, account_id) if account_id else None
    return account if account and account.archived_at is None else None


def _choice_problems(wanted: Wanted, account: Account, present: Channel | None) -> list[Problem]:
    """What was chosen of our own things: where files go, what is followed, a secret kept."""
    found = []
    if wanted.storage_id is not None:
        try:
            storage_targets.chosen(account, wanted.storage_id)
        except DashboardError as fault:
            found.append(Problem("storage_id", fault.message))
    followed = _followed(wanted)
    if wanted.recording_profile_id and (followed is None or followed.vendor != account.vendor):
        found.append(Problem("recording_profile_id", text("Choose one of the list.")))
    if not channel_secrets.is_there(wanted, present, followed):
        found.append(Problem("secret", text("Give the secret that the people's clients use.")))
    return found


def _followed(wanted: Wanted) -> RecordingProfile | None:
    id_ = wanted.recording_profile_id
    return db.session.get(RecordingProfile, id_) if id_ else None


def _name_problems(name: str, account_id: int, channel_id: int | None) -> list[Problem]:
    taken = select(func.count()).select_from(Channel).where(
        Channel.account_id == account_id,
        Channel.name == name,
        Channel.archived_at.is_(None),
        Channel.id != (channel_id or 0),
    )  # fmt: skip
    return [_taken()] if db.session.scalar(taken) else []


def _taken() -> Problem:
    return Problem("name", text("This account has a channel of that name already."))


class _names_are_unique:  # noqa: N801 - reads as a statement
    """Two people may choose the same name at the same moment; the database decides."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type | None, fault: BaseException | None, _trace: object) -> None:
        if isinstance(fault, IntegrityError):
            raise InvalidInput([_taken()]) from None
