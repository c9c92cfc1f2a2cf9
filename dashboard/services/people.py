"""People: who they are, what they may do, and how they come in."""

import re
from collections.abc import Sequence
from datetime import timedelta

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import func, select, update

from dashboard.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    Problem,
    text,
)
from dashboard.extensions import db
from dashboard.models import Invite as InviteRow
from dashboard.models import User
from dashboard.services import audit, context, passwords, sessions, throttle, tokens
from dashboard.services.readmodels import ROLES, Actor, Invite, Role, SignedIn, UserRow
from dashboard.services.sessions import (
    end_all_sessions,
    end_own_session,
    end_session,
    own_sessions,
    user_for_session,
)
from dashboard.services.unit_of_work import Transaction, transaction

__all__ = [
    "INVITE_LIFE",
    "add_user",
    "authenticate",
    "change_password",
    "create_invite",
    "disable_user",
    "enable_user",
    "end_all_sessions",
    "end_own_session",
    "end_session",
    "find",
    "invite_for",
    "list_users",
    "own_sessions",
    "set_password",
    "set_preferences",
    "set_role",
    "user_for_session",
]

INVITE_LIFE = timedelta(hours=24)
THEMES = ("auto", "system", "light", "dark")
_LOCALE = re.compile(r"[A-Za-z]{2,3}([_-][A-Za-z]{2,4}){0,2}")
"""The form of a language's name; which ones there are, the web knows."""

# ---------------------------------------------------------------- coming in


def authenticate(email: str, password: str, address: str, device: str = "") -> SignedIn:
    """Sign in.

    Raises InvalidInput (one sentence, whatever was wrong) or TooManyAttempts.
    """
    email = email.strip().lower()[:255]
    with transaction() as work:
        throttle.count(work, throttle.ADDRESS, address)
        throttle.count(work, throttle.ACCOUNT, email)
    user = _by_email(email)
    known_hash = user.password_hash if user and user.disabled_at is None else None
    db.session.rollback()  # no reading is kept open while the password is worked on
    right = len(password) <= passwords.LONGEST and passwords.verify(known_hash, password)
    with transaction() as work:
        if not right:
            audit.note(work, "sign_in.refused", "user", email=email, address=address, name=email)
        else:
            throttle.forgive(work, throttle.ACCOUNT, email, all_of_it=True)
            throttle.forgive(work, throttle.ADDRESS, address, all_of_it=False)
            user = _by_email(email)
            signed_in = sessions.begin(work, user, address, device)
            audit.note(work, "sign_in", "user", user.id, actor=signed_in.actor, address=address,
                       name=user.email)  # fmt: skip
    if not right:
        raise InvalidInput([Problem("", text("E-mail address or password is not right."))])
    return signed_in


def invite_for(token: str) -> Invite | None:
    """What a welcome link is good for; None when there is no such link."""
    row = _invite(token)
    if row is None:
        return None
    open_ = row.is_open(context.now()) and row.user.disabled_at is None
    return Invite(row.user.email, row.user.role, expired=not open_)


def set_password(invite_token: str, password: str, address: str = "", device: str = "") -> SignedIn:
    """Take up a link: set a password and sign in. The link is used up, older sessions end.

    Raises NotFound for a link that is not good (any more), InvalidInput("password").
    """
    invite = invite_for(invite_token)
    if invite is None or invite.expired:
        raise NotFound(text("This link has expired or was used already. Ask for a new one."))
    _refuse(passwords.problems(password, invite.email))
    db.session.rollback()
    password_hash = passwords.hashed(password)
    now = context.now()
    with transaction() as work:
        row = _invite(invite_token)
        taken = work.session.execute(
            update(InviteRow)
            .where(InviteRow.id == row.id, InviteRow.used_at.is_(None))
            .values(used_at=now)
        ).rowcount
        if not taken:
            raise NotFound(text("This link has expired or was used already. Ask for a new one."))
        row.user.password_hash = password_hash
        sessions.end_all(work, row.user_id, "password")
        signed_in = sessions.begin(work, row.user, address, device)
        audit.note(work, "password.set", "user", row.user_id, actor=signed_in.actor,
                   address=address, name=row.user.email)  # fmt: skip
    return signed_in


def change_password(actor: Actor, current: str, new: str) -> None:
    """Also ends all other sessions of this person.

    Raises InvalidInput("current_password" or "password"), TooManyAttempts.
    """
    with transaction() as work:
        throttle.count(work, throttle.ACCOUNT, actor.email)
        known = work.session.get(User, actor.id).password_hash
    if not passwords.verify(known, current[: passwords.LONGEST]):
        raise InvalidInput(
            [Problem("current_password", text("This is not your current password."))]
        )
    _refuse(passwords.problems(new, actor.email))
    password_hash = passwords.hashed(new)
    with transaction() as work:
        throttle.forgive(work, throttle.ACCOUNT, actor.email, all_of_it=True)
        work.session.get(User, actor.id).password_hash = password_hash
        sessions.end_all(work, actor.id, "password", but=actor.session_id)
        audit.note(work, "password.change", "user", actor.id, actor=actor, name=actor.email)


# ---------------------------------------------------------------- looking after people


def create_invite(email: str, role: Role, actor: Actor | None = None) -> str:
    """Invite somebody, or invite again who never came: earlier links of theirs end.

    Returns the token of a one-time link, good for 24 hours. It is shown once and not kept.
    Raises InvalidInput("email" or "role").
    """
    email = _checked_email(email)
    _check_role(role)
    now = context.now()
    with transaction() as work:
        user = _by_email(email)
        if user and user.password_hash:
            raise InvalidInput([Problem("email", text("This person has an account already."))])
        if user is None:
            user = User(email=email, role=role, created_at=now)
            work.session.add(user)
        before = audit.told(user) if user.id else None
        user.role, user.disabled_at = role, None
        work.session.flush()
        token = _add_link(work, user.id)
        audit.note(work, "invite", "user", user.id, actor=actor, name=email, role=role,
                   before=before, after=audit.told(user))  # fmt: skip
    return token


def create_password_link(user_id: int, actor: Actor | None = None) -> tuple[str, str]:
    """A one-time link for somebody who forgot the password; the old one holds until it is used.

    Returns whose it is, and its token, good for 24 hours. Raises NotFound, and Conflict for
    somebody who is shut out.
    """
    with transaction() as work:
        user = _user(work, user_id)
        if user.disabled_at is not None:
            raise Conflict(text("%(email)s is shut out. Let them in first.", email=user.email))
        token = _add_link(work, user.id)
        audit.note(work, "password.link", "user", user.id, actor=actor, name=user.email)
        return user.email, token


def add_user(email: str, role: Role, password: str, actor: Actor | None = None) -> int:
    """Add somebody with a password already chosen (the command line does). Returns the id.

    Raises InvalidInput("email", "role" or "password").
    """
    email = _checked_email(email)
    _check_role(role)
    _refuse(passwords.problems(password, email))
    password_hash = passwords.hashed(password)
    with transaction() as work:
        user = _by_email(email)
        if user and user.password_hash:
            raise InvalidInput([Problem("email", text("This person has an account already."))])
        if user is None:
            user = User(email=email, role=role, created_at=context.now())
            work.session.add(user)
        before = audit.told(user) if user.id else None
        user.role, user.password_hash, user.disabled_at = role, password_hash, None
        work.session.flush()
        _close_invites(work, user.id)
        audit.note(work, "user.add", "user", user.id, actor=actor, name=email, role=role,
                   before=before, after=audit.told(user))  # fmt: skip
        return user.id


def list_users() -> tuple[UserRow, ...]:
    rows = db.session.scalars(select(User).order_by(User.email))
    return tuple(
        UserRow(
            id=row.id,
            email=row.email,
            role=row.role,
            disabled=row.disabled_at is not None,
            pending=row.password_hash is None,
            last_seen_at=row.last_seen_at,
            created_at=row.created_at,
        )
        for row in rows
    )


def set_role(user_id: int, role: Role, actor: Actor | None = None) -> None:
    """Raises NotFound, InvalidInput("role"), Conflict for the last administrator."""
    _check_role(role)
    with transaction() as work:
        user = _user(work, user_id)
        if user.role == "administrator" and role != "administrator":
            _keep_one_administrator(work, user)
        audit.note(work, "user.role", "user", user.id, actor=actor, name=user.email, role=role,
                   before={"role": user.role}, after={"role": role})  # fmt: skip
        user.role = role


def disable_user(user_id: int, actor: Actor | None = None) -> None:
    """Shut somebody out; ends all their sessions at once.

    Raises NotFound, Conflict for oneself and for the last administrator.
    """
    if actor and actor.id == user_id:
        raise Conflict(text("You cannot disable your own account."))
    with transaction() as work:
        user = _user(work, user_id)
        if user.role == "administrator":
            _keep_one_administrator(work, user)
        user.disabled_at = user.disabled_at or context.now()
        sessions.end_all(work, user.id, "disabled")
        _close_invites(work, user.id)
        audit.note(work, "user.disable", "user", user.id, actor=actor, name=user.email)


def enable_user(user_id: int, actor: Actor | None = None) -> None:
    with transaction() as work:
        user = _user(work, user_id)
        user.disabled_at = None
        audit.note(work, "user.enable", "user", user_id, actor=actor, name=user.email)


def set_preferences(actor: Actor, locale: str | None = None, theme: str | None = None) -> Actor:
    """What is None or unknown stays as it was. Returns the actor as it is now."""
    with transaction() as work:
        user = work.session.get(User, actor.id)
        before = audit.told(user)
        user.locale = locale if locale and _LOCALE.fullmatch(locale) else user.locale
        user.theme = theme if theme in THEMES else user.theme
        after = audit.told(user)
        if after != before:
            audit.note(work, "user.preferences", "user", user.id, actor=actor, name=user.email,
                       before=before, after=after)  # fmt: skip
        return sessions.actor_of(user, actor.session_id, actor.token)


def find(email: str) -> Actor | None:
    user = _by_email(email.strip().lower())
    return sessions.actor_of(user) if user else None


# ---------------------------------------------------------------- helpers


def _by_email(email: str) -> User | None:
    return db.session.scalar(select(User).where(User.email == email))


def _user(work: Transaction, user_id: int) -> User:
    user = work.session.get(User, user_id)
    if user is None:
        raise NotFound(text("There is no such person."))
    return user


def _invite(token: str) -> InviteRow | None:
    return db.session.scalar(
        select(InviteRow).where(InviteRow.token_hash == tokens.digest(token[:200]))
    )


def _add_link(work: Transaction, user_id: int) -> str:
    """The one link that is good for this person from now on. Returns its token."""
    token, now = tokens.new(), context.now()
    _close_invites(work, user_id)
    work.session.add(
        InviteRow(
            token_hash=tokens.digest(token),
            user_id=user_id,
            created_at=now,
            expires_at=now + INVITE_LIFE,
        )
    )
    return token


def _close_invites(work: Transaction, user_id: int) -> None:
    work.session.execute(
        update(InviteRow)
        .where(InviteRow.user_id == user_id, InviteRow.used_at.is_(None))
        .values(used_at=context.now())
    )


def _keep_one_administrator(work: Transaction, but: User) -> None:
    others = work.session.scalar(
        select(func.count())
        .select_from(User)
        .where(
            User.role == "administrator",
            User.disabled_at.is_(None),
            User.password_hash.is_not(None),
            User.id != but.id,
        )
    )
    if not others:
        raise Conflict(text("There has to be one administrator at least."))


def _checked_email(email: str) -> str:
    try:
        found = validate_email(email.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise InvalidInput([Problem("email", text("Give a full e-mail address."))]) from None
    return found.normalized.lower()[:255]


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise InvalidInput([Problem("role", text("Choose one of the roles."))])


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise InvalidInput(problems)
