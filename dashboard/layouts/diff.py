"""What would change in the recorded picture if a draft were applied, in words.

Regions are the same before and after if they show the same picture of the same person,
else if they lie at the same place, else if both wait for the next to join. Hidden
regions are no part of the picture. The browser's twin is static/js/layout/diff.js.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.errors import Text, text
from dashboard.layouts.document import Layout, Preset, Region
from dashboard.layouts.families import FOCUSED
from dashboard.layouts.geometry import Rect, rounded
from dashboard.layouts.watermarks import PLACE as MARK_PLACE
from dashboard.layouts.watermarks import Watermark, to_json


@dataclass(frozen=True)
class Change:
    """One difference.

    kind: "preset", "background", "background_image", "background_fit", "fit_whole",
        "hide_audio_only", "placeholder_whole", "portrait", "mark" (a watermark), "focus",
        "focus_side", "added", "removed", "person", "moved", "resized" (which may also have
        moved), "opacity", "fit", "placeholder", "forward" or "backward" (in the drawing order).
    region: its index in the draft, None if it is not there. was: its index in what is applied.
    sentence: the key of SENTENCES that `what` was made of.
    """

    kind: str
    what: Text
    sentence: str
    region: int | None = None
    was: int | None = None


SENTENCES = {
    "preset_floating": text("The layout becomes floating."),
    "preset_best_fit": text("The layout becomes best fit."),
    "preset_vertical": text("The layout becomes vertical."),
    "preset_grid": text("The layout becomes a grid."),
    "preset_trtc_floating": text("The layout becomes floating."),
    "preset_screen_share": text("The layout becomes screen share."),
    "preset_custom": text("The layout is placed by hand, with %(count)d regions."),
    "background": text("The background becomes %(colour)s."),
    "background_image": text("The background image changes."),
    "background_image_none": text("The background image goes away."),
    "background_fit": text("The background image is fitted in another way."),
    "fit_whole": text("Pictures are fitted in another way."),
    "hide_audio_only": text("Those without a picture get no window."),
    "show_audio_only": text("Those without a picture get a window, too."),
    "placeholder_whole": text("Another image is shown where there is no picture."),
    "placeholder_whole_none": text("No image is shown any more where there is no picture."),
    "portrait": text("%(uid)s has another image while there is no picture."),
    "portrait_none": text("The image of %(uid)s goes away."),
    "mark_image_added": text("An image is painted over the picture."),
    "mark_image_removed": text("An image over the picture goes away."),
    "mark_image_moved": text("An image over the picture moves or changes size."),
    "mark_image_changed": text("An image over the picture becomes another."),
    "mark_text_added": text("Words are written over the picture."),
    "mark_text_removed": text("Words over the picture go away."),
    "mark_text_moved": text("Words over the picture move or get another frame."),
    "mark_text_changed": text("Words over the picture change."),
    "mark_time_added": text("The time of day is written over the picture."),
    "mark_time_removed": text("The time of day over the picture goes away."),
    "mark_time_moved": text("The time of day moves."),
    "mark_time_changed": text("The time of day is told for another time zone."),
    "mark_order": text("Watermarks lie over each other in another order."),
    "focus": text("%(uid)s gets the large window."),
    "focus_screen": text("The screen of %(uid)s gets the large window."),
    "focus_none": text("Nobody is chosen for the large window any more."),
    "focus_side_left": text("The large window goes to the left."),
    "focus_side_right": text("The large window goes to the right."),
    "added": text("%(uid)s gets a region."),
    "added_open": text("There is a new region for the next to join."),
    "removed": text("The region of %(uid)s goes away."),
    "removed_open": text("A region for the next to join goes away."),
    "person": text("%(uid)s takes the place of %(before)s."),
    "person_stream": text("The region of %(uid)s shows another of their pictures."),
    "person_given": text("A region for the next to join is given to %(uid)s."),
    "person_open": text("The region of %(before)s is opened to the next to join."),
    "moved": text("%(uid)s moves."),
    "moved_open": text("A region for the next to join moves."),
    "resized": text("%(uid)s changes size."),
    "resized_open": text("A region for the next to join changes size."),
    "opacity": text("%(uid)s becomes %(percent)d %% solid."),
    "opacity_open": text("A region for the next to join becomes %(percent)d %% solid."),
    "fit": text("The picture of %(uid)s is fitted in another way."),
    "fit_open": text("A region for the next to join fits pictures in another way."),
    "placeholder": text("%(uid)s has another image while there is no picture."),
    "placeholder_open": text("A region for the next to join has another placeholder."),
    "forward": text("%(uid)s comes forward."),
    "forward_open": text("A region for the next to join comes forward."),
    "backward": text("%(uid)s goes back."),
    "backward_open": text("A region for the next to join goes back."),
}

Pair = tuple[int, int]
"""Index in what is applied, index in the draft."""


def diff(applied: Layout, draft: Layout) -> list[Change]:
    """What Apply would change: the whole first, then regions in the draft's order, then
    those that go away. An empty list when the picture stays the same."""
    found = list(_whole(applied, draft))
    if applied.preset is draft.preset is Preset.CUSTOM:
        found += _regions(applied.regions, draft.regions)
    return found


def _change(kind: str, sentence: str = "", **values: object) -> Change:
    name = sentence or kind
    return Change(kind, Text(SENTENCES[name].template, values), name)


def _of_region(
    kind: str, region: Region, index: int | None, was: int | None, **values: object
) -> Change:
    """A change whose sentence names the person, or says that nobody is named."""
    if region.uid:
        values["uid"] = region.uid
    name = kind if region.uid else f"{kind}_open"
    return Change(kind, Text(SENTENCES[name].template, values), name, index, was)


# ------------------------------------------------------------------ the whole


def _whole(applied: Layout, draft: Layout) -> Iterator[Change]:
    if applied.preset is not draft.preset:
        count = {"count": len(draft.shown)} if draft.preset is Preset.CUSTOM else {}
        yield _change("preset", f"preset_{draft.preset}", **count)
    if applied.background.upper() != draft.background.upper():
        yield _change("background", colour=draft.background)
    if applied.background_image != draft.background_image:
        gone = "" if draft.background_image else "background_image_none"
        yield _change("background_image", gone)
    elif draft.background_image and applied.background_fit is not draft.background_fit:
        yield _change("background_fit")
    if applied.preset is draft.preset and applied.fit is not draft.fit:
        yield _change("fit_whole")
    if applied.hide_audio_only != draft.hide_audio_only:
        yield _change("hide_audio_only", "" if draft.hide_audio_only else "show_audio_only")
    if applied.placeholder != draft.placeholder:
        gone = "" if draft.placeholder else "placeholder_whole_none"
        yield _change("placeholder_whole", gone)
    yield from _portraits(applied, draft)
    yield from _marks(applied.watermarks, draft.watermarks)
    if draft.preset in FOCUSED:
        yield from _focus(applied, draft)


def _portraits(applied: Layout, draft: Layout) -> Iterator[Change]:
    before = {each.uid: each for each in applied.portraits}
    after = {each.uid: each for each in draft.portraits}
    for uid, portrait in after.items():
        if before.get(uid) != portrait:
            yield _change("portrait", uid=uid)
    for uid in before:
        if uid not in after:
            yield _change("portrait", "portrait_none", uid=uid)


def _marks(applied: Sequence[Watermark], draft: Sequence[Watermark]) -> Iterator[Change]:
    """Those that are the same in both aside, the others are held against each other in turn."""
    before, after = to_json(applied), to_json(draft)
    if before == after:
        return
    gone = list(before)
    new = []
    for mark in after:
        if mark in gone:
            gone.remove(mark)
        else:
            new.append(mark)
    if not gone and not new:
        yield _change("mark", "mark_order")
    for mark in new:
        was = next((each for each in gone if each["kind"] == mark["kind"]), None)
        how = "added"
        if was:
            gone.remove(was)
            how = "moved" if _without_place(was) == _without_place(mark) else "changed"
        yield _change("mark", f"mark_{mark['kind']}_{how}")
    for mark in gone:
        yield _change("mark", f"mark_{mark['kind']}_removed")


def _without_place(mark: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in mark.items() if name not in MARK_PLACE}


def _focus(applied: Layout, draft: Layout) -> Iterator[Change]:
    before, after = _focus_of(applied), _focus_of(draft)
    if after and before != after:
        screen = draft.focus_stream == "screen"
        yield _change("focus", "focus_screen" if screen else "focus", uid=draft.focus_uid)
    elif before and not after:
        yield _change("focus", "focus_none")
    if draft.preset is Preset.SCREEN_SHARE and applied.focus_side != draft.focus_side:
        yield _change("focus_side", f"focus_side_{draft.focus_side}")


def _focus_of(layout: Layout) -> tuple[str, str] | None:
    if layout.preset in FOCUSED and layout.focus_uid:
        return layout.focus_uid, layout.focus_stream
    return None


# ------------------------------------------------------------------ the regions


def _regions(applied: Sequence[Region], draft: Sequence[Region]) -> Iterator[Change]:
    pairs = pair(applied, draft)
    partner = {after: before for before, after in pairs}
    stayed = {before for before, _ in pairs}
    turned = _reordered(pairs)
    for index, region in enumerate(draft):
        if region.hidden:
            continue
        was = partner.get(index)
        if was is None:
            yield _of_region("added", region, index, None)
            continue
        yield from _same_region(applied[was], region, index, was)
        if index in turned:
            yield _of_region(turned[index], region, index, was)
    for was, region in enumerate(applied):
        if not region.hidden and was not in stayed:
            yield _of_region("removed", region, None, was)


def _same_region(before: Region, after: Region, index: int, was: int) -> Iterator[Change]:
    named = not _both_open(before, after)
    if named and (before.uid, before.stream) != (after.uid, after.stream):
        yield _person(before, after, index, was)
    old, new = _six_decimals(before.rect), _six_decimals(after.rect)
    if old[2:] != new[2:]:
        yield _of_region("resized", after, index, was)
    elif old != new:
        yield _of_region("moved", after, index, was)
    if before.opacity != after.opacity:
        percent = math.floor(after.opacity * 100 + 0.5)
        yield _of_region("opacity", after, index, was, percent=percent)
    if before.fit is not after.fit:
        yield _of_region("fit", after, index, was)
    if before.placeholder != after.placeholder:
        yield _of_region("placeholder", after, index, was)


def _person(before: Region, after: Region, index: int, was: int) -> Change:
    values: dict[str, object] = {"uid": after.uid, "before": before.uid}
    if before.uid == after.uid:
        name = "person_stream"
    elif not before.uid:
        name = "person_given"
    else:
        name = "person" if after.uid else "person_open"
    used = {key: value for key, value in values.items() if f"%({key})" in SENTENCES[name].template}
    return Change("person", Text(SENTENCES[name].template, used), name, index, was)


def _six_decimals(rect: Rect) -> tuple[float, float, float, float]:
    return rounded(rect.x), rounded(rect.y), rounded(rect.w), rounded(rect.h)


# ------------------------------------------------------------------ which is which


def pair(applied: Sequence[Region], draft: Sequence[Region]) -> list[Pair]:
    """Which region became which, in the draft's order. Hidden ones are left out."""
    partner: dict[int, int] = {}
    free = [index for index, region in enumerate(applied) if not region.hidden]
    for same in (_same_person, _same_place, _both_open):
        for index, region in enumerate(draft):
            if region.hidden or index in partner:
                continue
            match = next((was for was in free if same(applied[was], region)), None)
            if match is not None:
                partner[index] = match
                free.remove(match)
    return [(partner[index], index) for index in sorted(partner)]


def _same_person(before: Region, after: Region) -> bool:
    return bool(after.uid) and (before.uid, before.stream) == (after.uid, after.stream)


def _same_place(before: Region, after: Region) -> bool:
    return _six_decimals(before.rect) == _six_decimals(after.rect)


def _both_open(before: Region, after: Region) -> bool:
    return not before.uid and not after.uid


def _reordered(pairs: Sequence[Pair]) -> dict[int, str]:
    """The fewest regions whose move explains the new order: draft index to "forward" or
    "backward"."""
    sequence = [before for before, _ in pairs]
    kept = _longest_rise(sequence)
    ranks = {before: rank for rank, before in enumerate(sorted(sequence))}
    return {
        after: "forward" if ranks[before] < rank else "backward"
        for rank, (before, after) in enumerate(pairs)
        if rank not in kept
    }


def _longest_rise(numbers: Sequence[int]) -> set[int]:
    """Positions of a longest rising subsequence; of several, the one that ends first."""
    lengths: list[int] = []
    previous: list[int | None] = []
    for i, number in enumerate(numbers):
        earlier = [j for j in range(i) if numbers[j] < number]
        best = max(earlier, key=lambda j: lengths[j], default=None)
        previous.append(best)
        lengths.append(1 if best is None else lengths[best] + 1)
    kept: set[int] = set()
    at = max(range(len(numbers)), key=lambda i: lengths[i], default=None)
    while at is not None:
        kept.add(at)
        at = previous[at]
    return kept
