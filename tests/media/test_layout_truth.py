"""What the editor draws is what is recorded: every edge within one pixel.

The drawing is measured in Chromium, where the editor's own modules make it. The recording is
made by the engine's worker, of people of one colour each, and decoded from its slices.
"""

import statistics
from itertools import pairwise
from pathlib import Path

import av
import jinja2
import pytest

from dashboard.engine import sources
from tests.engine_worker.studio import FPS, STEM, events, make
from tests.media import cases, solid
from tests.media.eye import Window, compare

ROOT = Path(__file__).parents[2]
CANVASES = {"16:9": (640, 360), "upright": (360, 640), "odd": (854, 480)}
TEMPLATES = jinja2.Environment(loader=jinja2.FileSystemLoader(ROOT / "templates"), autoescape=True)
DRAW = "async given => (await import('/tests/media/drawn.js')).drawn(...given)"
KBPS = 40_000
"""So much that the encoder leaves every edge where it was."""


@pytest.fixture(autouse=True)
def solid_people(monkeypatch):
    monkeypatch.setitem(sources.KINDS, "solid", solid.Solid)


@pytest.mark.parametrize("canvas", CANVASES.values(), ids=CANVASES)
def test_every_edge_is_recorded_where_the_editor_drew_it(page, tmp_path, canvas):
    asked = [*cases.presets(), *cases.custom()]
    drawings = draw(page, asked, canvas)
    pictures = record(tmp_path, asked, canvas)
    seen = {}
    for case, drawing, picture in zip(asked, drawings, pictures, strict=True):
        background = solid.label(case.layout["background"])
        seen[case.name] = compare(picture, drawing, background)
    report(canvas, seen.values())
    assert {name: what for name, what in seen.items() if not what.is_true} == {}
    assert all(what.off for what in seen.values())


def draw(page, asked, canvas):
    """The windows of each case as the editor draws them."""
    given = [
        {
            "canvas": {"width": canvas[0], "height": canvas[1]},
            "family": case.family.to_json(),
            "layout": case.layout,
            "people": [
                {
                    "uid": uid,
                    "color": solid.COLOURS[uid],
                    "shape": solid.shape(uid),
                    "video": case.shows(uid),
                }
                for uid in case.people
            ],
        }
        for case in asked
    ]
    template = TEMPLATES.get_template("layouts/_drawing.html").module.layout_region_template()
    return [
        [Window(solid.label(solid.COLOURS[uid]), *edges) for uid, *edges in windows]
        for windows in page.evaluate(DRAW, [template, given])
    ]


def record(folder, asked, canvas):
    """One recording of one frame a case. Yields the labels of each decoded frame."""
    told = make(folder, script=script(asked), canvas=video(canvas), streams="video",
         publishers=[solid.person(uid) for uid in asked[0].people],
         layout=asked[0].layout)  # fmt: skip
    assert events(told, "refused") == []
    with av.open(str(folder / f"{STEM}.m3u8")) as container:
        for frame in container.decode(video=0):
            yield solid.labels(frame)


def video(canvas):
    return {"width": canvas[0], "height": canvas[1], "bitrate_kbps": KBPS}


def script(asked):
    """Before frame n people come and go, and the layout becomes that of case n."""
    lines = []
    for number, (before, case) in enumerate(pairwise(asked), start=1):
        gone = [uid for uid in before.people if uid not in case.people]
        same = [uid for uid in before.people if before.shows(uid) == case.shows(uid)]
        come = [uid for uid in case.people if uid not in same]
        acts = [
            *({"cmd": "leave", "uid": uid} for uid in gone),
            *({"cmd": "join", "publisher": solid.person(uid, case.shows(uid))} for uid in come),
            {"cmd": "set_layout", "layout": case.layout},
        ]
        lines += [(number / FPS, act) for act in acts]
    return [*lines, (len(asked) / FPS, {"cmd": "stop"})]


def report(canvas, seen):
    off = [edge for what in seen for edge in what.off]
    print(f"\n{canvas[0]} x {canvas[1]}: {len(seen)} layouts, {len(off)} edges seen, off by "
          f"{statistics.mean(off):.3f} px in the mean, {max(off):.3f} px at most")  # fmt: skip
