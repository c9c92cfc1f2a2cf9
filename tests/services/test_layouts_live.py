"""Applying layouts to a running recording, as operators notice it."""

import json
import threading

import pytest
from sqlalchemy import select

from dashboard.errors import Conflict, Forbidden, InvalidInput, NotFound, ProviderError
from dashboard.extensions import db
from dashboard.models import AppliedLayout, Audit, Channel, Recording
from dashboard.services import turns
from dashboard.services.layouts import applied, live
from dashboard.services.readmodels import Actor
from dashboard.services.readmodels_layouts import LayoutConflict
from tests.services.layouts import ONE, THREE, TWO, custom

OTHER = Actor(id=3, email="other@example.com", role="operator")


@pytest.fixture
def recording(house):
    return house.start()


def now(recording_id):
    db.session.rollback()
    return applied.now(db.session.get(Recording, recording_id))


def test_it_applies_the_whole_layout(house, cloud, recording):
    done = live.apply(recording, TWO, 1, house.operator)
    assert [layout.to_json() for layout in cloud.layouts] == [TWO]
    assert (done.revision, done.outcome, done.current) == (2, "applied", True)
    assert now(recording).document == TWO
    assert house.screen(recording).layout.to_json() == TWO
    assert house.sentences(recording)[-1] == "A new layout was applied."


def test_it_takes_json_text_as_the_form_sends_it(house, cloud, recording):
    live.apply(recording, json.dumps(TWO), 1, house.operator)
    assert cloud.layouts[-1].to_json() == TWO


def test_it_lets_no_viewer_apply(house, cloud, recording):
    with pytest.raises(Forbidden):
        live.apply(recording, TWO, 1, house.viewer)
    assert cloud.layouts == []


def test_it_shows_the_second_operator_what_the_first_changed(house, cloud, recording):
    live.apply(recording, ONE, 1, house.operator)
    live.apply(recording, TWO, 2, OTHER)
    with pytest.raises(LayoutConflict) as caught:
        live.apply(recording, THREE, 2, house.operator)
    fault = caught.value
    assert len(cloud.layouts) == 2
    assert (fault.now.by, fault.now.revision, fault.now.document) == (OTHER.email, 3, TWO)
    assert [str(change) for change in fault.changes] == ["1002 gets a region."]
    assert [str(change) for change in fault.undone] == ["1003 gets a region."]
    assert fault.recording_id == recording


def test_it_overwrites_when_asked_to(house, cloud, recording):
    live.apply(recording, TWO, 1, OTHER)
    live.apply(recording, ONE, 1, house.operator, overwrite=True)
    assert now(recording).document == ONE
    assert now(recording).revision == 3


def test_it_never_speaks_two_layouts_at_once(app, house, cloud, recording):
    """Two press Apply at the same moment: one is applied, the other is told."""
    inside, go_on, told = threading.Event(), threading.Event(), []

    def hold():
        inside.set()
        go_on.wait(5)

    cloud.during_layout = hold
    both = [
        threading.Thread(target=_apply_in, args=(app, recording, document, actor, told))
        for document, actor in ((ONE, house.operator), (TWO, OTHER))
    ]
    both[0].start()
    assert inside.wait(5)
    both[1].start()
    both[1].join(0.3)
    assert both[1].is_alive()  # it waits for its turn
    go_on.set()
    for thread in both:
        thread.join(10)
    assert cloud.overlaps == 0
    assert sorted(told) == ["LayoutConflict", "applied"]
    assert [layout.to_json() for layout in cloud.layouts] == [ONE]


def test_it_takes_turns_when_many_overwrite(app, house, cloud, recording):
    told = []
    crowd = [
        threading.Thread(
            target=_apply_in, args=(app, recording, custom("1001", w=w), OTHER, told, True)
        )
        for w in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
    ]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join(20)
    assert told == ["applied"] * 6
    assert cloud.overlaps == 0
    assert now(recording).revision == 7
    assert now(recording).document == cloud.layouts[-1].to_json()


def _apply_in(app, recording_id, document, actor, told, overwrite=False):
    with app.app_context():
        try:
            live.apply(recording_id, document, 1, actor, overwrite=overwrite)
            told.append("applied")
        except LayoutConflict as fault:
            told.append(type(fault).__name__)
        finally:
            db.session.remove()


def test_it_keeps_the_old_layout_when_the_vendor_refuses(house, cloud, recording):
    live.apply(recording, ONE, 1, house.operator)
    cloud.layout_fault = "refused"
    with pytest.raises(ProviderError) as caught:
        live.apply(recording, TWO, 2, house.operator)
    assert caught.value.vendor_text == "layoutConfig is not right"
    kept = now(recording)
    assert (kept.document, kept.revision, kept.unsure) == (ONE, 2, False)
    assert "refused" in house.sentences(recording)[-1]
    cloud.layout_fault = None
    assert live.apply(recording, TWO, 2, house.operator).revision == 3


def test_it_says_when_nobody_knows_and_lets_the_next_apply_settle_it(house, cloud, recording):
    cloud.layout_fault = "unknown"
    with pytest.raises(ProviderError):
        live.apply(recording, TWO, 1, house.operator)
    assert now(recording).unsure
    assert now(recording).revision == 1
    cloud.layout_fault = None
    live.apply(recording, TWO, 1, house.operator)
    assert not now(recording).unsure


def test_it_leaves_an_attempt_unknown_when_we_die_in_the_middle(house, cloud, recording, clock):
    """As after a kill between the two commits: told as unknown, and open again after a while."""

    def die():
        raise SystemExit

    cloud.during_layout = die
    with pytest.raises(SystemExit):
        live.apply(recording, TWO, 1, house.operator)
    cloud.during_layout = None
    clock.advance(turns.LEASE.total_seconds() + 1)
    assert now(recording).unsure
    assert live.apply(recording, TWO, 1, house.operator).revision == 2


def test_it_gives_the_turn_back_after_a_mistake_of_ours(house, cloud, recording):
    def stumble():
        raise KeyError("oops")

    cloud.during_layout = stumble
    with pytest.raises(KeyError):
        live.apply(recording, TWO, 1, house.operator)
    cloud.during_layout = None
    assert live.apply(recording, TWO, 1, house.operator).revision == 2


def test_it_keeps_every_layout_with_who_and_when(house, cloud, recording, clock):
    clock.advance(10)
    live.apply(recording, ONE, 1, house.operator)
    cloud.layout_fault = "refused"
    with pytest.raises(ProviderError):
        live.apply(recording, TWO, 2, OTHER)
    lines = live.history(recording)
    assert [(line.source, line.outcome, line.revision, line.by) for line in lines] == [
        ("apply", "refused", None, OTHER.email),
        ("apply", "applied", 2, house.operator.email),
        ("start", "applied", 1, house.operator.email),
    ]
    assert lines[0].vendor_words == "2 · layoutConfig is not right"
    assert (lines[1].at, lines[1].current) == (clock.now(), True)


def test_it_restores_an_earlier_layout(house, cloud, recording):
    live.apply(recording, ONE, 1, house.operator)
    first = live.history(recording)[-1]
    done = live.restore(recording, first.id, OTHER)
    assert (done.source, done.revision) == ("restore", 3)
    assert now(recording).document == first.document
    assert house.sentences(recording)[-1] == "An earlier layout was applied again."


def test_it_restores_no_other_recordings_layout(house, cloud, recording):
    line = live.history(recording)[-1]
    with pytest.raises(NotFound):
        live.restore(recording + 1, line.id, house.operator)


def test_it_notes_who_did_it(house, recording):
    live.apply(recording, ONE, 1, house.operator)
    row = db.session.scalar(select(Audit).order_by(Audit.id.desc()).limit(1))
    assert (row.action, row.subject_id, row.actor_email) == (
        "layout.applied", recording, house.operator.email,
    )  # fmt: skip


def test_it_takes_no_layout_for_what_has_ended(house, cloud, recording):
    house.stop(recording)
    with pytest.raises(Conflict, match="ended or is ending"):
        live.apply(recording, ONE, 1, house.operator)
    assert cloud.layouts == []


def test_it_takes_no_layout_before_the_recorder_has_a_name(house, cloud):
    cloud.starts_never_arrive = 1
    recording_id = house.start()
    with pytest.raises(Conflict, match="not begun"):
        live.apply(recording_id, ONE, 1, house.operator)


def test_it_takes_no_layout_where_only_sound_is_recorded(house, cloud):
    channel = db.session.get(Channel, house.channel_id)
    channel.profile = {**channel.profile, "streams": "audio"}
    db.session.commit()
    with pytest.raises(Conflict, match="Only sound"):
        live.apply(house.start(), ONE, 1, house.operator)


def test_it_starts_with_what_the_channel_has(house, recording):
    assert now(recording).revision == 1
    assert now(recording).by == house.operator.email


def hidden(uid):
    return {**custom(uid)["regions"][0], "x": 0.5, "hidden": True}


def test_it_sends_hidden_regions_with_the_document_only(house, cloud, recording):
    document = custom("1001")
    document["regions"].append(hidden("1002"))
    live.apply(recording, document, 1, house.operator)
    assert now(recording).document == document
    assert len(cloud.layouts[-1].shown) == 1


@pytest.mark.parametrize(
    ("document", "where"),
    [
        (custom("1001", x=0.9, w=0.2), "regions.0.w"),
        (custom(*map(str, range(1001, 1019)), w=0.05), "regions"),
        (custom("1001", "1001"), "regions.1.uid"),
        (custom("1001", w=0.1234567), "regions.0.w"),
        (custom("nobody"), "regions.0.uid"),
        (custom(), "regions"),
        ({"preset": "grid", "background": "#000000"}, "preset"),
        ({"preset": "nonsense"}, ""),
        ("{", ""),
        ('{"preset": "custom", "preset": "grid"}', ""),
        ('{"preset": "custom", "regions": [{"x": NaN}]}', ""),
        (json.dumps(custom("1001")) + " " * 70_000, ""),
        ("[" * 50_000, ""),
        (custom(*["1001"] * 101, w=0.005), "regions"),
        (custom("1001", background="red"), "background"),
        ({**custom("1001"), "background_image": "javascript:alert(1)"}, "background_image"),
    ],
)
def test_it_refuses_nonsense_before_anything_is_sent(house, cloud, recording, document, where):
    with pytest.raises(InvalidInput) as caught:
        live.apply(recording, document, 1, house.operator)
    assert where in caught.value.by_field()
    assert "set_layout" not in cloud.asked
    assert db.session.query(AppliedLayout).filter_by(source="apply").count() == 0


def test_it_refuses_numbers_that_are_none(house, cloud, recording):
    document = custom("1001")
    document["regions"][0]["w"] = "0.5"
    with pytest.raises(InvalidInput):
        live.apply(recording, document, 1, house.operator)
    document["regions"][0] |= {"w": 10**400}
    with pytest.raises(InvalidInput):
        live.apply(recording, document, 1, house.operator)


def test_it_is_started_with_its_own_layout_afterwards(house, recording):
    """What was applied live is the recording's alone; the channel keeps its own."""
    before = db.session.get(Channel, house.channel_id).profile["layout"]
    live.apply(recording, ONE, 1, house.operator)
    db.session.rollback()
    assert db.session.get(Channel, house.channel_id).profile["layout"] == before
