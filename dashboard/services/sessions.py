"""Sessions of signed-in people, kept on the server: what ends here has ended everywhere."""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from dashboard.errors import NotFound, text
from dashboard.extensions import db
from dashboard.models import LoginSession, User
from dashboard.services import audit, context, tokens
from dashboard.services.readmodels import Actor, SessionView, SignedIn
from dashboard.services.unit_of_work import Transaction, transaction

IDLE = timedelta(hours=12)
ABSOLUTE = timedelta(days=7)
PROLONG_EVERY = timedelta(days=1)
SEEN_EVERY = timedelta(minutes=5)
"""How exact `last_seen_at` is: a poll every two seconds need not be a write."""


def begin(work: Transaction, user: User, address: str, device: str) -> SignedIn:
    now = context.now()
    token = tokens.new()
    row = LoginSession(
        token_hash=tokens.digest(token),
        user_id=user.id,
        address=address[:64],
        device=device[:120],
        started_at=now,
        last_seen_at=now,
        expires_at=now + ABSOLUTE,
    )
    work.session.add(row)
    user.last_seen_at = now
    work.session.flush()
    return SignedIn(token, actor_of(user, row.id, token))


def user_for_session(token: str) -> Actor | None:
    """Whose session this is, while it lasts and the person is allowed in."""
    if not token or len(token) > 200:
        return None
    found = db.session.execute(
        select(LoginSession, User)
        .join(User, User.id == LoginSession.user_id)
        .where(LoginSession.token_hash == tokens.digest(token))
    ).first()
    if found is None:
        return None
    row, user = found
    now = context.now()
    if not _is_open(row, now) or user.disabled_at is not None:
        return None
    actor = actor_of(user, row.id, token)
    if now - row.last_seen_at > SEEN_EVERY:
        _see(row.id, user.id, now)
    return actor


def prolong(actor: Actor) -> None:
    """A wall screen goes on for as long as it asks; it is one that may look and nothing else.

    Whoever may do more has to sign in again at the usual time.
    """
    row = db.session.get(LoginSession, actor.session_id) if actor.session_id else None
    now = context.now()
    if row is None or actor.role != "viewer" or row.expires_at - now > ABSOLUTE - PROLONG_EVERY:
        return
    with transaction() as work:
        work.session.execute(
            update(LoginSession)
            .where(LoginSession.id == actor.session_id, LoginSession.ended_at.is_(None))
            .values(expires_at=now + ABSOLUTE)
        )


def is_open(session_id: int | None) -> bool:
    """Whether a session goes on; None is nobody's."""
    row = db.session.get(LoginSession, session_id) if session_id else None
    return row is not None and _is_open(row, context.now()) and row.user.disabled_at is None


def end_session(token: str) -> None:
    with transaction() as work:
        mine = LoginSession.token_hash == tokens.digest(token)
        row = work.session.scalar(select(LoginSession).where(mine))
        if _end(work, mine, "logout"):
            audit.note(work, "sign_out", "user", row.user_id, actor=actor_of(row.user),
                       name=row.user.email)  # fmt: skip


def end_all_sessions(user_id: int, reason: str = "ended", *, but: int | None = None) -> None:
    with transaction() as work:
        end_all(work, user_id, reason, but=but)


def end_own_session(actor: Actor, session_id: int) -> None:
    """One of one's own, from the list of them. Raises NotFound."""
    with transaction() as work:
        if not _end(work, (LoginSession.id == session_id) & (LoginSession.user_id == actor.id)):
            raise NotFound(text("This session has ended already."))
        ended = work.session.get(LoginSession, session_id)
        audit.note(work, "session.end", "user", actor.id, actor=actor, name=actor.email,
                   device=ended.device, where=ended.address)  # fmt: skip


def end_all(work: Transaction, user_id: int, reason: str, *, but: int | None = None) -> None:
    which = LoginSession.user_id == user_id
    _end(work, which if but is None else which & (LoginSession.id != but), reason)


def own_sessions(actor: Actor) -> tuple[SessionView, ...]:
    """The latest first."""
    now = context.now()
    rows = db.session.scalars(
        select(LoginSession)
        .where(LoginSession.user_id == actor.id, LoginSession.ended_at.is_(None))
        .order_by(LoginSession.last_seen_at.desc(), LoginSession.id.desc())
    )
    return tuple(
        SessionView(
            id=row.id,
            address=row.address,
            device=row.device,
            started_at=row.started_at,
            last_seen_at=row.last_seen_at,
            current=row.id == actor.session_id,
        )
        for row in rows
        if _is_open(row, now)
    )


def actor_of(user: User, session_id: int | None = None, token: str = "") -> Actor:
    return Actor(
        id=user.id,
        email=user.email,
        role=user.role,
        locale=user.locale,
        theme=user.theme,
        session_id=session_id,
        token=token,
    )


def _is_open(row: LoginSession, now: datetime) -> bool:
    return row.ended_at is None and now < row.expires_at and now - row.last_seen_at < IDLE


def _see(session_id: int, user_id: int, now: datetime) -> None:
    with transaction() as work:
        work.session.execute(
            update(LoginSession).where(LoginSession.id == session_id).values(last_seen_at=now)
        )
        work.session.execute(update(User).where(User.id == user_id).values(last_seen_at=now))


def _end(work: Transaction, which: object, reason: str = "ended") -> int:
    return work.session.execute(
        update(LoginSession)
        .where(which, LoginSession.ended_at.is_(None))
        .values(ended_at=context.now(), end_reason=reason)
    ).rowcount
