"""Who is in the channels, for accounts whose studio can tell."""

import logging
from collections.abc import Sequence

from sqlalchemy import delete, select, update

from dashboard.domain.lifecycle import ACTIVE
from dashboard.domain.recording import Streams
from dashboard.errors import ProviderError, ProviderUnavailable
from dashboard.extensions import db
from dashboard.models import Channel, ChannelPerson, Recording
from dashboard.providers.base import Person
from dashboard.services import accounts, context
from dashboard.services.unit_of_work import CHANNELS, calling_out, recording_feed, transaction

log = logging.getLogger(__name__)


def refresh(limit: int = 100) -> int:
    """Ask for every open channel. Returns in how many something had changed.

    Also finds out, while nothing is being recorded, whether an account answers.
    """
    changed = 0
    for config in accounts.with_studio():
        studio = accounts.studio_of(config)
        channels = db.session.execute(
            select(Channel.id, Channel.name, Channel.profile)
            .where(Channel.account_id == config.id, Channel.archived_at.is_(None))
            .limit(limit)
        ).all()
        try:
            for channel_id, name, profile in channels:
                called = accounts.studio_channel(config.vendor, name, profile)
                with calling_out():
                    people = studio.people(called)
                changed += _keep(channel_id, people)
                _note_senders(channel_id, people)
        except ProviderError as fault:
            log.debug("account %s does not tell who is there: %s", config.id, fault)
            if isinstance(fault, ProviderUnavailable):
                accounts.note_silence(config.id, fault)
            continue
        if channels:
            accounts.note_answer(config.id)
    return changed


def _keep(channel_id: int, people: Sequence[Person]) -> bool:
    """Write down who is there, if that is news."""
    once = {person.uid[:64]: person for person in people}.values()
    now = {_facts(person, place) for place, person in enumerate(once)}
    rows = db.session.scalars(select(ChannelPerson).where(ChannelPerson.channel_id == channel_id))
    if now == {_facts(row, row.place) for row in rows}:
        return False
    with transaction() as work:
        work.session.execute(delete(ChannelPerson).where(ChannelPerson.channel_id == channel_id))
        work.session.add_all(
            ChannelPerson(channel_id=channel_id, uid=uid, kind=kind, audio=audio, video=video,
                          color=color, place=place)
            for uid, kind, audio, video, color, place in now
        )  # fmt: skip
        work.touch(CHANNELS)
        latest = work.session.scalar(
            select(Recording.id)
            .where(Recording.channel_id == channel_id)
            .order_by(Recording.id.desc())
            .limit(1)
        )
        if latest is not None:
            work.touch(recording_feed(latest))
    return True


def _note_senders(channel_id: int, people: Sequence[Person]) -> None:
    """Write down of the channel's running recordings since when somebody, or nobody, sends.

    Whether that is anything to tell, services/watching.py finds out.
    """
    running = select(Recording).where(
        Recording.channel_id == channel_id,
        Recording.state.in_([state.value for state in ACTIVE]),
    )
    news = {}
    for row in db.session.scalars(running):
        sends = _is_anything_sent(people, row.profile["streams"])
        if row.sending_since is None if sends else row.nobody_since is None:
            news[row.id] = ("sending_since", "nobody_since") if sends else (
                "nobody_since", "sending_since"
            )  # fmt: skip
    if not news:
        return
    with transaction() as work:
        for recording_id, (begins, ends) in news.items():
            columns = {begins: context.now(), ends: None}
            work.session.execute(
                update(Recording).where(Recording.id == recording_id).values(**columns)
            )


def _is_anything_sent(people: Sequence[Person], streams: str) -> bool:
    """Anything of what is recorded."""
    sound, pictures = streams != Streams.VIDEO.value, streams != Streams.AUDIO.value
    return any(person.audio and sound or person.video and pictures for person in people)


def _facts(person: Person | ChannelPerson, place: int) -> tuple:
    """place: in the order they joined, which presets follow."""
    color = person.color if person.color and len(person.color) == 7 else None
    return (person.uid[:64], person.kind[:32], person.audio, person.video, color, place)
