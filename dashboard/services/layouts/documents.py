"""Layouts as somebody sent them: read, bounded and judged before anything is done with them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from dashboard.domain.recording import Canvas
from dashboard.errors import InvalidInput, Problem, text
from dashboard.layouts import rules
from dashboard.layouts.document import Layout, parse
from dashboard.layouts.families import CLOUD_RECORDING, Family
from dashboard.layouts.geometry import Size
from dashboard.layouts.watermarks import ImageMark
from dashboard.providers import registry, strict_json

LARGEST_BYTES = 64 * 1024
MOST_KEPT = 100
"""Regions in a document, hidden ones counted: what is shown is limited by the family."""
LONGEST_ADDRESS = 2048
LARGEST_UID = 2**32 - 1
_ADDRESS = re.compile(r"https?://[^\s\"'<>\\^`{|}\x00-\x20\x7f]+")
_NUMBER_UID = re.compile(r"[1-9][0-9]{0,9}")
_USER_ID = re.compile(r"[\x21-\x7e]{1,64}")


def family_of(vendor: str) -> Family:
    """What layouts an account of this vendor can show."""
    can = registry.capabilities_for(vendor)
    return replace(can.layouts, most_regions=can.most_regions)


def size_of(canvas: Canvas) -> Size:
    return Size(canvas.width, canvas.height)


def read(document: Mapping[str, Any] | str) -> Layout:
    """A layout from JSON text, or from what was read of it. Its numbers are not judged yet.

    Raises InvalidInput when it is no layout, or too large to be one.
    """
    if isinstance(document, str):
        document = read_json(document)
    layout = parse(document)
    if len(layout.regions) > MOST_KEPT:
        raise InvalidInput([Problem("regions", _TOO_MANY)])
    return layout


def read_json(words: str) -> dict[str, Any]:
    """A JSON object of bounded size. Raises InvalidInput."""
    raw = words.encode("utf-8", "replace")
    if len(raw) > LARGEST_BYTES:
        raise InvalidInput([Problem("", _TOO_LARGE)])
    try:
        return strict_json.read_object(raw)
    except strict_json.NotStrict:
        raise InvalidInput([Problem("", text("This is not JSON that we can read."))]) from None


def judge(layout: Layout, family: Family, canvas: Canvas) -> None:
    """Raises InvalidInput with everything an account would refuse, each at its own field."""
    problems: list[Problem] = list(rules.check(layout, canvas=size_of(canvas), family=family))
    problems += _names(layout, family)
    if problems:
        raise InvalidInput(problems)


def taken(document: Mapping[str, Any] | str, family: Family, canvas: Canvas) -> Layout:
    """Read and judged."""
    layout = read(document)
    judge(layout, family, canvas)
    return layout


def _names(layout: Layout, family: Family) -> Iterator[Problem]:
    """Who and which images: text that vendors are sent, which the geometry has no rules for."""
    for where, uid in _uids(layout):
        if uid and not _is_uid(uid, family):
            yield Problem(where, _BAD_UID)
    for where, address in _addresses(layout):
        is_foreign = where.startswith("regions.") and not family.placeholders
        if address and (is_foreign or not _is_address(address)):
            yield Problem(where, _NO_PLACEHOLDERS if is_foreign else _BAD_ADDRESS)


def _uids(layout: Layout) -> Iterator[tuple[str, str | None]]:
    yield "focus_uid", layout.focus_uid
    for index, portrait in enumerate(layout.portraits):
        yield f"portraits.{index}.uid", portrait.uid
    for index, region in enumerate(layout.regions):
        yield f"regions.{index}.uid", region.uid


def _addresses(layout: Layout) -> Iterator[tuple[str, str | None]]:
    yield "background_image", layout.background_image
    yield "placeholder", layout.placeholder
    for index, portrait in enumerate(layout.portraits):
        yield f"portraits.{index}.image", portrait.image
    for index, mark in enumerate(layout.watermarks):
        if isinstance(mark, ImageMark):
            yield f"watermarks.{index}.image", mark.image
    for index, region in enumerate(layout.regions):
        yield f"regions.{index}.placeholder", region.placeholder


def _is_uid(uid: str, family: Family) -> bool:
    if family.name == CLOUD_RECORDING.name:
        return bool(_NUMBER_UID.fullmatch(uid)) and int(uid) <= LARGEST_UID
    return bool(_USER_ID.fullmatch(uid))


def _is_address(address: str) -> bool:
    return len(address) <= LONGEST_ADDRESS and bool(_ADDRESS.fullmatch(address))


_TOO_LARGE = text("This is too large to be a layout.")
_TOO_MANY = text("A layout keeps 100 regions at most, hidden ones counted.")
_BAD_UID = text("This cannot be anybody's uid here.")
_BAD_ADDRESS = text("Give the image's address, beginning with https://.")
_NO_PLACEHOLDERS = text("This account has no images for single regions.")
