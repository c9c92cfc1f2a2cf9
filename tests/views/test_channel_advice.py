"""What the channel's form offers, without a request."""

import pytest

from dashboard.layouts.document import Preset
from dashboard.views.channel_form import GUIDE_KBPS, advise, posted, preset_cards, size_of


@pytest.mark.parametrize(("size", "fps"), [((640, 360), 15), ((1280, 720), 15), ((1920, 1080), 30)])
def test_it_repeats_the_guides_own_rows(size, fps):
    advice = advise(*size, fps)
    assert advice.exact
    assert (advice.call_kbps, advice.broadcast_kbps) == GUIDE_KBPS[size[0] * size[1], fps]


def test_it_gives_the_upright_canvas_what_the_lying_one_gets():
    assert advise(720, 1280, 15) == advise(1280, 720, 15)


def test_it_advises_more_for_a_larger_picture_and_for_more_frames():
    assert advise(960, 540, 15).call_kbps < advise(1280, 720, 15).call_kbps
    assert advise(1280, 720, 15).call_kbps < advise(1280, 720, 24).call_kbps


def test_it_never_advises_more_than_may_be_asked_for():
    assert advise(1920, 1080, 60).broadcast_kbps == 6500


def test_it_leaves_unknown_sizes_to_the_numbers_typed():
    values = posted({"size": "9x9", "width": " 960 ", "height": "540"})
    assert (values["width"], values["height"]) == ("960", "540")
    assert size_of(values) == "custom"


def test_it_offers_the_custom_layout_only_where_there_is_one():
    assert Preset.CUSTOM not in [card.value for card in preset_cards({"preset": "best_fit"})]
    assert Preset.CUSTOM in [card.value for card in preset_cards({"preset": "custom"})]
