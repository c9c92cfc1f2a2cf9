"""What an administrator can do with storage targets: add, change, try out, disable."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import func, or_, select

from dashboard.domain.recording import StorageTarget
from dashboard.errors import Conflict, InvalidInput, Problem, text
from dashboard.extensions import db
from dashboard.models import Account, Channel, RecordingProfile
from dashboard.models import StorageTarget as TargetRow
from dashboard.services import audit, context, stale, storage_form, storage_targets, texts
from dashboard.services.permissions import need
from dashboard.services.readmodels import Actor
from dashboard.services.unit_of_work import calling_out, transaction
from dashboard.storage import trial
from dashboard.storage.trial import Step

_FIXED = ("bucket", "region", "endpoint")
"""What says where the files are that were recorded there."""


def create(kind: str, form: Mapping[str, str], actor: Actor) -> int:
    """Returns the target's id. Raises Forbidden, InvalidInput."""
    need(actor, "administer")
    name, target = _checked(kind, form, None, 0)
    with transaction() as work:
        row = storage_targets.add(work, name, target)
        audit.note(work, "storage.create", "storage", row.id, actor=actor, name=name, kind=kind,
                   after=audit.told(row))  # fmt: skip
        return row.id


def edit(target_id: int, form: Mapping[str, str], actor: Actor) -> None:
    """Secrets left empty stay.

    Raises Forbidden, NotFound, InvalidInput: also where it would lead away from what was
    recorded there, or from an account that writes to it.
    """
    need(actor, "administer")
    before = storage_targets.target_of(storage_targets.get(target_id))
    name, target = _checked(before.kind, form, before, target_id)
    changed = [one for one in vars(target) if getattr(target, one) != getattr(before, one)]
    with transaction() as work:
        row = storage_targets.get(target_id)
        stale.refuse(work, row, form, ("storage", target_id))
        was = audit.told(row)
        stored = replace(target, folder=row.folder)
        storage_targets.write(row, stored)
        storage_targets.seal(row, stored)
        row.name = name
        work.session.flush()
        audit.note(work, "storage.edit", "storage", target_id, actor=actor, changed=changed,
                   name=name, before=was, after=audit.told(row))  # fmt: skip


def disable(target_id: int, actor: Actor) -> None:
    """It is no longer offered. Raises Conflict while an account writes to it."""
    need(actor, "administer")
    with transaction() as work:
        row = storage_targets.get(target_id)
        users = [account.name for account in _users(target_id)]
        users += _profiles(target_id)
        if users:
            names = ", ".join(users)
            raise Conflict(
                text("%(names)s writes there. Choose another storage first.", names=names)
            )
        row.archived_at = row.archived_at or context.now()
        audit.note(work, "storage.disable", "storage", target_id, actor=actor, name=row.name)


def enable(target_id: int, actor: Actor) -> None:
    need(actor, "administer")
    with transaction() as work:
        row = storage_targets.get(target_id)
        row.archived_at = None
        audit.note(work, "storage.enable", "storage", target_id, actor=actor, name=row.name)


def try_out(target_id: int, actor: Actor) -> tuple[Step, ...]:
    """Write, read, list and remove a small file. What was found is kept."""
    need(actor, "administer")
    target = storage_targets.target_of(storage_targets.get(target_id))
    with calling_out():
        steps = trial.try_out(target)
    fault = next((step.why for step in steps if step.needed and step.why), None)
    with transaction() as work:
        row = storage_targets.get(target_id)
        row.tested_at = context.now()
        row.test_fault = texts.to_json(fault) if fault else None
        audit.note(work, "storage.test", "storage", target_id, actor=actor, ok=fault is None,
                   name=row.name)  # fmt: skip
    return steps


def _checked(
    kind: str, form: Mapping[str, str], before: StorageTarget | None, target_id: int
) -> tuple[str, StorageTarget]:
    """The form's own rules, then those that ask the tables; all problems in one go."""
    problems: list[Problem] = []
    try:
        name, target = storage_form.read(storage_form.kind_of(kind), form, before)
    except InvalidInput as fault:
        problems += fault.problems
    wrong = {problem.where for problem in problems}
    if "name" not in wrong and _is_taken(str(form.get("name") or "").strip(), target_id):
        problems.append(Problem("name", text("Another storage has this name.")))
    if before and not problems:
        problems += _leads_away(target_id, before, target)
    if problems:
        raise InvalidInput(problems)
    return name, target


def _leads_away(target_id: int, before: StorageTarget, target: StorageTarget) -> list[Problem]:
    moved = [one for one in _FIXED if getattr(before, one) != getattr(target, one)]
    if moved and storage_targets.holds_recordings(target_id):
        sentence = text("Recordings are there already. Add another storage for a new place.")
        return [Problem(moved[0], sentence)]
    for account in _users(target_id):
        reason = storage_targets.why_not(account, target)
        if reason:
            return [Problem("", text("%(name)s writes there: %(why)s",
                                     name=account.name, why=reason))]  # fmt: skip
    return []


def _is_taken(name: str, target_id: int) -> bool:
    taken = select(TargetRow.id).where(
        func.lower(TargetRow.name) == name.lower(), TargetRow.id != target_id
    )
    return db.session.scalar(taken.limit(1)) is not None


def _profiles(target_id: int) -> list[str]:
    """Names of the recording profiles that send recordings there."""
    query = select(RecordingProfile.name).where(
        RecordingProfile.storage_id == target_id, RecordingProfile.archived_at.is_(None)
    )
    return list(db.session.scalars(query.order_by(RecordingProfile.name)))


def _users(target_id: int) -> list[Account]:
    """Accounts whose recordings go there, all of them or those of one of their channels."""
    of_channels = select(Channel.account_id).where(
        Channel.storage_id == target_id, Channel.archived_at.is_(None)
    )
    query = select(Account).where(
        or_(Account.storage_id == target_id, Account.id.in_(of_channels)),
        Account.archived_at.is_(None),
    )
    return list(db.session.scalars(query.order_by(Account.id)))
