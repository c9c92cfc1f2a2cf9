"""What screens are given, and digests that never hide a change and never invent one."""

import json
from dataclasses import asdict

import pytest
from sqlalchemy import event

from dashboard.domain.lifecycle import RecordingState
from dashboard.domain.recording import Phase
from dashboard.errors import NotFound
from dashboard.extensions import db
from dashboard.providers.base import Person
from dashboard.services import (
    callbacks,
    channels,
    health,
    presence,
    previews,
    queries,
    sync,
)
from dashboard.services.readmodels import ChannelFilters, RecordingFilters


class Digests:
    """All digests at once, and which of them changed since one last looked."""

    def __init__(self, house, recording_id):
        self.house, self.recording_id = house, recording_id
        self.seen = self.now()

    def now(self):
        db.session.rollback()
        return {
            "channels": queries.channels_digest(ChannelFilters(), self.house.viewer),
            "recordings": queries.recordings_digest(RecordingFilters()),
            "recording": queries.recording_digest(self.recording_id),
        }

    def changed(self):
        before, self.seen = self.seen, self.now()
        return {name for name in before if before[name] != self.seen[name]}


@pytest.fixture
def running(house):
    recording_id = house.start()
    house.tell(house.task(), 40, status=0)
    return recording_id


@pytest.fixture
def digests(house, running):
    return Digests(house, running)


EVERYWHERE = {"channels", "recordings", "recording"}


def test_it_changes_with_a_callback(house, digests):
    house.tell(house.task(), 44, streamUid="1001", state=0)
    assert digests.changed() == EVERYWHERE


def test_it_changes_with_a_state(house, digests, running):
    house.stop(running)
    assert digests.changed() == EVERYWHERE


def test_it_changes_with_people(house, digests):
    house.cloud.people["lesson"] = [Person("1001", "testcard", True, True, "#2F6FDE")]
    presence.refresh()
    assert digests.changed() == {"channels", "recording"}
    presence.refresh()
    assert digests.changed() == set()


def test_it_changes_with_the_picture_and_only_with_a_new_one(house, digests):
    assert previews.refresh() == 1
    assert digests.changed() == {"channels", "recording"}
    assert previews.refresh() == 0
    assert digests.changed() == set()
    house.cloud.pictures += 1
    previews.refresh()
    assert digests.changed() == {"channels", "recording"}


def test_it_changes_with_files(house, digests):
    house.cloud.upload(house.task())
    house.clock.advance(6)
    sync.sync_due()
    assert "recording" in digests.changed()
    house.clock.advance(6)
    sync.sync_due()
    assert digests.changed() == set()


def test_it_changes_with_reachability(house, digests):
    house.cloud.down = True
    house.clock.advance(6)
    sync.sync_due()
    assert digests.changed() == EVERYWHERE
    house.clock.advance(6)
    sync.sync_due()
    assert digests.changed() == set()
    house.cloud.down = False
    house.clock.advance(6)
    sync.sync_due()
    assert digests.changed() == EVERYWHERE


def test_it_changes_with_a_channel(house, digests):
    form = queries.channel_form(house.channel_id).values
    channels.edit(house.channel_id, {**form, "fps": "30"}, house.operator)
    assert "channels" in digests.changed()


def test_it_does_not_change_with_a_repeated_callback_or_a_heartbeat(house, digests):
    headers, raw = house.cloud.callback(house.task(), 44, streamUid="1001", state=0)
    callbacks.receive("account-key", headers, raw, "::1")
    house.clock.advance(6)
    sync.sync_due()  # the first look into the storage is news
    digests.changed()
    callbacks.receive("account-key", headers, raw, "::1")
    health.beat("worker-1")
    house.clock.advance(6)
    sync.sync_due()
    assert digests.changed() == set()


def test_it_does_not_change_for_another_recording(house, digests, running):
    form = {**queries.new_channel_form().values, "name": "other"}
    other = channels.create(form, house.operator)
    from dashboard.services import recordings

    recordings.start(other, "press-other", house.operator)
    assert "recording" not in digests.changed()


def test_it_differs_by_what_was_asked_for(house):
    plain = queries.channels_digest(ChannelFilters(), house.viewer)
    assert queries.channels_digest(ChannelFilters(search="x"), house.viewer) != plain
    assert queries.channels_digest(ChannelFilters(), house.operator) != plain


def test_it_costs_one_small_select(house, running):
    statements = []

    def note(conn, cursor, statement, *_more):
        if statement.startswith("SELECT"):
            statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    queries.channels_digest(ChannelFilters(), house.viewer)
    queries.recording_digest(running)
    assert len(statements) == 2
    assert all("feed" in statement for statement in statements)


def test_it_shows_a_channel_as_it_is(house, running):
    house.cloud.people["lesson"] = [
        Person("1002", "testcard", True, True, "#D9822B"),
        Person("1001", "testcard", True, False, "#2F6FDE"),
    ]
    presence.refresh()
    previews.refresh()
    screen = queries.channels(ChannelFilters(), house.viewer)
    (row,) = screen.rows
    assert (row.lamp, screen.on_air, screen.poll_s) == ("on_air", 1, 2)
    assert [person.uid for person in row.people] == ["1002", "1001"]  # as they joined
    assert row.recording.preview_version == 1
    assert str(row.recording.last_event.sentence) == "The recorder is in the channel."
    assert queries.preview(running)[1] == 1


def test_it_is_quiet_when_nothing_runs(house):
    screen = queries.channels(ChannelFilters(), house.viewer)
    assert (screen.rows[0].lamp, screen.on_air) == ("off", 0)
    assert screen.poll_s > 2


def test_it_shows_the_last_recording_when_none_is_active(house, running):
    task = house.task()
    house.tell(task, 31, fileList=house.cloud.upload(task))
    assert house.row().recording.state is RecordingState.COMPLETED
    second = house.start()
    assert house.row().recording.id == second


@pytest.mark.parametrize(("search", "found"), [("less", 1), ("LESS", 1), ("%", 0), ("_", 0)])
def test_it_searches_channels_by_name(house, search, found):
    assert len(queries.channels(ChannelFilters(search=search), house.viewer).rows) == found


def test_it_warns_that_nobody_sends(house, running):
    presence.refresh()
    house.clock.advance(20)
    (told,) = house.screen(running).health
    assert str(told.sentence) == "Nobody is publishing (for 20 s)."
    assert house.row().recording.health == (told,)
    house.cloud.people["lesson"] = [Person("1001", "testcard", True, True)]
    presence.refresh()
    assert not house.screen(running).health


def test_it_pages_sorts_and_filters(house):
    for _ in range(27):
        recording_id = house.start()
        house.clock.advance(10)
        task = house.task()
        house.tell(task, 40, status=0)
        house.clock.advance(recording_id)
        task.phase = Phase.ENDED
        house.tell(task, 31, fileList=[])
    newest = queries.recordings(RecordingFilters())
    assert (newest.total, newest.pages, len(newest.rows)) == (27, 2, 25)
    assert newest.rows[0].id > newest.rows[-1].id
    longest = queries.recordings(RecordingFilters(sort="duration"))
    durations = [row.duration_s for row in longest.rows]
    assert durations == sorted(durations, reverse=True)
    last = queries.recordings(RecordingFilters(page=10**12))
    assert (last.page, len(last.rows)) == (2, 2)
    assert queries.recordings(RecordingFilters(page=-1)).page == 1
    for sort in ("started", "channel", "state", "duration", "id; drop table"):
        for direction in ("asc", "desc", "x"):
            filters = RecordingFilters(sort=sort, direction=direction)
            assert queries.recordings(filters).total == 27


def test_it_filters_by_state_channel_and_words(house, running):
    def total(**how):
        return queries.recordings(RecordingFilters(**how)).total

    assert total(states=(RecordingState.RECORDING,)) == 1
    assert total(states=(RecordingState.LOST, RecordingState.FAILED)) == 0
    assert total(channel_id=house.channel_id) == 1
    assert total(channel_id=999) == 0
    assert total(search="less") == 1
    assert total(search=str(running)) == 1
    assert total(search="'; --") == 0


def test_it_tells_when_worker_and_engine_are_away(house):
    assert not queries.shell(house.viewer).worker_ok
    health.beat("worker-1")
    before = queries.shell(house.viewer)
    assert (before.worker_ok, before.engine_ok, before.words) == (True, True, ())
    house.cloud.down = True
    presence.refresh()
    house.clock.advance(60)
    after = queries.shell(house.viewer)
    assert (after.worker_ok, after.engine_ok, len(after.words)) == (False, False, 2)
    assert after.digest != before.digest


def test_it_counts_what_is_on_air(house, running):
    assert queries.shell(house.viewer).on_air == 1


def test_it_gives_nothing_secret_and_everything_simple(house, running):
    screen = house.screen(running)
    shown = json.dumps(asdict(screen), default=str)
    assert "s3cret" not in shown
    assert "the callback secret" not in shown


def test_it_knows_what_is_not_there(house):
    assert queries.preview(999) is None
    for ask in (queries.recording, queries.delivery):
        with pytest.raises(NotFound):
            ask(999)
    with pytest.raises(NotFound):
        queries.channel_row(999, house.viewer)
