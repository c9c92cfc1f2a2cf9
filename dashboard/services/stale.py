"""Two people at one form: the second to save is told what the first has changed.

A form carries the last entry of the audit trail that it was filled in after. Where there is a
later one, nothing is written: each field that changed says who set it to what, and what was
typed stays, to be saved once more in its place.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from sqlalchemy import func, or_, select

from dashboard.errors import Conflict, Problem, Text, text
from dashboard.extensions import db
from dashboard.models import Audit
from dashboard.services import profile_form
from dashboard.services.account_form import KEY
from dashboard.services.unit_of_work import Transaction

SEEN = "seen"
"""The form's field."""
Subject = tuple[str, int | None]
"""As the trail names it: ("account", 3)."""

_NO_FORM = (
    "account.test", "account.disable", "account.enable", "account.secret.add",
    "account.secret.back", "account.secret.retire", "storage.test", "storage.disable",
    "storage.enable",
    "channel.archive", "channel.unarchive", "profile.archive", "profile.unarchive",
    "alert_rule.disable", "alert_rule.enable", "alert_destination.test",
    "alert_destination.disable", "alert_destination.enable", "schedule.on", "schedule.off",
)  # fmt: skip
"""What is done beside the form, and takes nothing from it."""
_AS_IN_THE_TRAIL: Mapping[str, str] = MappingProxyType({})


class Stale(Conflict):
    """problems: each at the field that somebody else has changed meanwhile."""

    def __init__(self, message: Text, problems: list[Problem]) -> None:
        super().__init__(message)
        self.problems = [Problem("", message), *problems]

    def by_field(self) -> dict[str, list[Text]]:
        found: dict[str, list[Text]] = {}
        for problem in self.problems:
            found.setdefault(problem.where, []).append(problem.what)
        return found


def seen(*subjects: Subject) -> str:
    """What a form that is filled in now carries along."""
    return str(db.session.scalar(select(func.max(Audit.id)).where(_of(subjects))) or 0)


def refuse(
    work: Transaction,
    row: object,
    form: Mapping[str, str],
    *subjects: Subject,
    fields: Mapping[str, str] = _AS_IN_THE_TRAIL,
) -> None:
    """Raises Stale where somebody has saved after the form was filled in.

    row: what is about to be written; held from here on, so that one of two is the second.
    fields: the form's names for what the trail calls otherwise, and writes otherwise.
    """
    typed = str(form.get(SEEN) or "")
    if not typed.isascii() or not typed.isdigit() or len(typed) > 18:
        return
    work.session.refresh(row, with_for_update=True)
    query = select(Audit).where(_of(subjects), Audit.id > int(typed)).order_by(Audit.id)
    entries = list(work.session.scalars(query))
    if not entries:
        return
    who = entries[-1].actor_email or "?"
    problems = {problem.where: problem for entry in entries for problem in _told(entry, fields)}
    message = text(
        "%(who)s has saved this since you opened it. What you typed is kept; save again to put it "
        "in place of theirs.",
        who=who,
    )
    raise Stale(message, list(problems.values()))


def _of(subjects: tuple[Subject, ...]):
    ours = [(Audit.subject == kind) & (Audit.subject_id == id_) for kind, id_ in subjects if id_]
    return or_(*ours) & Audit.action.not_in(_NO_FORM)


def _told(entry: Audit, fields: Mapping[str, str]) -> Iterator[Problem]:
    """Fields by their names in the form, with the values they have now."""
    who, after = entry.actor_email or "?", entry.after or {}
    for name in dict.fromkeys([*(entry.before or {}), *after]):
        field, value = fields.get(name) or _field_of(name), after.get(name)
        plain = isinstance(value, str | int | float) and not isinstance(value, bool)
        if name in fields or field.endswith("_id") or not plain:
            yield Problem(field, text("%(who)s has changed this.", who=who))
        else:
            yield Problem(field, text("%(who)s has set this to %(value)s.", who=who, value=value))
    for name in entry.detail.get("changed") or ():
        if name not in after and not any(key.partition(".")[0] == name for key in after):
            field = fields.get(name) or (KEY if entry.subject == "account" else "") + name
            yield Problem(field, text("%(who)s has changed this.", who=who))


def _field_of(name: str) -> str:
    """ "profile.canvas.width" is the field "width"."""
    for part in ("profile.", "document."):
        if name.startswith(part):
            inner = name.removeprefix(part)
            last = inner.rpartition(".")[2]
            known = last if last in profile_form.FIELDS else inner.partition(".")[0]
            return profile_form.field_of(known)
    return name.replace("options.", "opt_").partition(".")[0]
