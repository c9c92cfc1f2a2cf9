"""What will probably be billed for a recording."""

import pytest

from dashboard.domain.recording import Canvas, Mode, Profile, Streams
from dashboard.services.billing import class_of, estimate

MIX = Profile("1")


@pytest.mark.parametrize(
    ("points", "name"),
    [
        (1280 * 720, "HD"),
        (640 * 360 + 240 * 180 + 1280 * 720, "Full HD"),
        (1920 * 1080, "Full HD"),
        (1920 * 1080 + 1, "2K"),
        (2560 * 1440, "2K"),
        (2560 * 1440 + 1, "above 2K"),
    ],
)
def test_it_classes_by_the_sum_of_points(points, name):
    assert str(class_of(points)) == name


@pytest.mark.parametrize(("seconds", "minutes"), [(1, 1), (60, 1), (60.5, 2), (3599, 60)])
def test_it_counts_minutes_begun(seconds, minutes):
    assert estimate("agora", False, MIX, seconds).minutes == minutes


def test_it_knows_the_class_of_sound_alone():
    assert str(estimate("agora", False, Profile("1", streams=Streams.AUDIO), 60).kind) == "sound"


def test_it_says_that_agoras_class_depends_on_what_people_send():
    found = estimate("agora", False, MIX, 60)
    assert found.kind is None
    assert "does not tell those sizes" in str(found.notes[0])


def test_it_classes_trtcs_mix_by_its_file_and_single_people_not_at_all():
    full = Profile("1", canvas=Canvas(1920, 1080))
    assert str(estimate("trtc", False, full, 60).kind) == "Full HD"
    assert estimate("trtc", False, Profile("1", mode=Mode.INDIVIDUAL), 60).kind is None


def test_it_says_where_a_vendors_rules_are_only_assumed():
    assert "assumed" in str(estimate("anyrtc", False, MIX, 60).notes[0])


@pytest.mark.parametrize(("studio", "seconds"), [(True, 60), (False, None), (False, 0.0)])
def test_it_estimates_nothing_where_nothing_is_billed(studio, seconds):
    assert estimate("agora", studio, MIX, seconds) is None
