"""What the channel's form offers, without a request."""

import pytest

from dashboard.layouts.document import Preset
from dashboard.layouts.families import CLOUD_RECORDING, TRTC
from dashboard.providers.base import Capabilities
from dashboard.services.profile_offers import presets
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


@pytest.mark.parametrize("family", [CLOUD_RECORDING, TRTC])
def test_it_offers_the_custom_layout_only_where_there_is_one(family):
    can = Capabilities(most_regions=17, layouts=family)
    first = family.presets[0]
    assert Preset.CUSTOM not in presets(can, {"preset": first})
    assert Preset.CUSTOM in presets(can, {"preset": "custom"})


def test_it_has_words_and_a_drawing_for_every_preset():
    cards = preset_cards((*CLOUD_RECORDING.presets, *TRTC.presets))
    assert all(card.words and card.drawing for card in cards)
