"""Channels: what is recorded, and how."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from dashboard.domain.lifecycle import ACTIVE
from dashboard.domain.recording import Profile
from dashboard.errors import Conflict, InvalidInput, NotFound, Problem, text
from dashboard.extensions import db
from dashboard.models import Account, Channel, Recording
from dashboard.services import audit, channel_form, context
from dashboard.services.channel_form import Wanted
from dashboard.services.permissions import need
from dashboard.services.readmodels import Actor
from dashboard.services.unit_of_work import CHANNELS, RECORDINGS, Transaction, transaction


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
            created_at=context.now(),
        )
        work.session.add(channel)
        work.session.flush()
        audit.note(work, "channel.create", "channel", channel.id, actor=actor, name=wanted.name)
        work.touch(CHANNELS)
        return channel.id


def edit(channel_id: int, form: Mapping[str, str], actor: Actor) -> None:
    """A recording that runs goes on as it was started.

    Raises Forbidden, NotFound, InvalidInput, Conflict where a running recording stands on it.
    """
    need(actor, "operate")
    wanted = _checked(form, channel_id)
    with _names_are_unique(), transaction() as work:
        channel = _get(work, channel_id)
        moves = channel.account_id != wanted.account_id or channel.name != wanted.name
        if moves and _active(channel_id):
            raise Conflict(
                text("Name and account cannot change while it is being recorded."),
                _active(channel_id),
            )
        channel.account_id, channel.name = wanted.account_id, wanted.name
        channel.profile = wanted.profile.to_json()
        work.session.flush()
        audit.note(work, "channel.edit", "channel", channel_id, actor=actor, name=wanted.name)
        work.touch(CHANNELS, RECORDINGS)


def archive(channel_id: int, actor: Actor) -> None:
    """Put it away; its recordings stay. Raises Conflict while it is being recorded."""
    need(actor, "operate")
    with transaction() as work:
        channel = _get(work, channel_id)
        if _active(channel_id):
            raise Conflict(
                text("%(name)s is being recorded. Stop it first.", name=channel.name),
                _active(channel_id),
            )
        channel.archived_at = channel.archived_at or context.now()
        audit.note(work, "channel.archive", "channel", channel_id, actor=actor)
        work.touch(CHANNELS)


def unarchive(channel_id: int, actor: Actor) -> None:
    """Raises Conflict when another channel has taken its name."""
    need(actor, "operate")
    try:
        with transaction() as work:
            _get(work, channel_id).archived_at = None
            work.session.flush()
            audit.note(work, "channel.unarchive", "channel", channel_id, actor=actor)
            work.touch(CHANNELS)
    except IntegrityError:
        raise Conflict(text("Another channel has this name now. Rename that one first.")) from None


# ---------------------------------------------------------------- helpers


def _checked(form: Mapping[str, str], channel_id: int | None) -> Wanted:
    """The form's own rules, then those that ask the tables; all problems in one go."""
    present = db.session.get(Channel, channel_id) if channel_id else None
    if channel_id and present is None:
        raise NotFound(text("There is no such channel."))
    layout = Profile.from_json(present.profile).layout if present else None
    problems: list[Problem] = []
    try:
        wanted = channel_form.read(form, layout)
    except InvalidInput as fault:
        problems += fault.problems
    wrong = {problem.where for problem in problems}
    if "account_id" not in wrong:
        problems += _account_problems(int(form["account_id"].strip()))
    if not wrong & {"name", "account_id"}:
        problems += _name_problems(form["name"].strip(), int(form["account_id"]), channel_id)
    if problems:
        raise InvalidInput(problems)
    return wanted


def _account_problems(account_id: int) -> list[Problem]:
    account = db.session.get(Account, account_id)
    if account is None or account.archived_at is not None:
        return [Problem("account_id", text("Choose one of the accounts."))]
    return []


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


def _get(work: Transaction, channel_id: int) -> Channel:
    channel = work.session.get(Channel, channel_id)
    if channel is None:
        raise NotFound(text("There is no such channel."))
    return channel


def _active(channel_id: int) -> int | None:
    return db.session.scalar(
        select(Recording.id)
        .where(
            Recording.channel_id == channel_id,
            Recording.state.in_([state.value for state in ACTIVE]),
        )
        .limit(1)
    )
