"""Layouts as files: our own JSON, and the vendors', in and out."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.domain.recording import Canvas
from dashboard.errors import InvalidInput, Problem, text
from dashboard.layouts import rules
from dashboard.layouts.document import Layout
from dashboard.layouts.families import FAMILIES
from dashboard.providers import registry
from dashboard.services.layouts import documents

OURS = "ours"
FORMAT = "tallydeck/layout"
USUAL = Canvas()
_REGION = re.compile(r"regions\.([0-9]+)(?:\.|$)")


@dataclass(frozen=True)
class Imported:
    """kind: "ours" or a vendor's word. left_out: fields that have no place in our layouts.

    name, canvas: None where the file does not say.
    """

    layout: Layout
    kind: str
    name: str | None = None
    canvas: Canvas | None = None
    left_out: tuple[str, ...] = ()


def export_ours(
    document: Mapping[str, Any], *, name: str = "", canvas: Canvas | None = None, family: str = ""
) -> str:
    """JSON text that `import_text` takes back without loss."""
    head: dict[str, Any] = {"format": FORMAT, "version": 1, "name": name, "family": family}
    if canvas:
        head["canvas"] = {"width": canvas.width, "height": canvas.height}
    return _text({**head, "layout": documents.read(document).to_json()})


def export_vendor(document: Mapping[str, Any], vendor: str, canvas: Canvas = USUAL) -> str:
    """The layout as the vendor's interface takes it, as JSON text.

    canvas: of the picture, for vendors who measure in pixels.
    Hidden regions are left out. Raises InvalidInput, Unsupported.
    """
    layout = documents.read(document)
    return _text(_format(vendor).write(layout, canvas))


def import_vendor(words: str, vendor: str) -> Imported:
    """Raises InvalidInput."""
    found = documents.read_json(words)
    format_ = _format(vendor)
    if not format_.is_ours(found):
        raise InvalidInput([Problem("", text("There is no layout in this."))])
    layout, left_out = format_.read(found)
    return Imported(layout, vendor, canvas=format_.canvas_of(found), left_out=left_out)


def import_text(words: str) -> Imported:
    """A layout in whichever form: ours with a head, ours alone, or a vendor's.

    Its numbers are not judged yet. Raises InvalidInput.
    """
    found = documents.read_json(words)
    if found.get("format") == FORMAT:
        return _with_head(found)
    for vendor in registry.layout_formats():
        if registry.layout_formats()[vendor].is_ours(found):
            return import_vendor(words, vendor)
    if "preset" not in found:
        raise InvalidInput([Problem("", text("There is no layout in this."))])
    return Imported(documents.read(found), OURS)


def with_places(fault: InvalidInput) -> InvalidInput:
    """The same, each problem of a region beginning with which one it is, counted from 1."""
    return InvalidInput([_placed(problem) for problem in fault.problems])


def _placed(problem: Problem) -> Problem:
    found = _REGION.match(problem.where)
    if not found:
        return problem
    place = text("Region %(n)s: %(why)s", n=int(found[1]) + 1, why=problem.what)
    return Problem(problem.where, place)


def _with_head(found: Mapping[str, Any]) -> Imported:
    inner, name = found.get("layout"), found.get("name")
    if not isinstance(inner, Mapping):
        raise InvalidInput([Problem("", text("There is no layout in this."))])
    return Imported(
        documents.read(inner),
        OURS,
        name=name if isinstance(name, str) and name else None,
        canvas=_canvas(found.get("canvas")),
    )


def _canvas(found: Any) -> Canvas | None:
    if not isinstance(found, Mapping):
        return None
    width, height = found.get("width"), found.get("height")
    if all(type(side) is int and 16 <= side <= 7680 for side in (width, height)):
        return Canvas(width, height)
    return None


def family_of(layout: Layout) -> str:
    """The first family that can show it; the first one where none can, which then says why."""
    able = (name for name, family in FAMILIES.items() if not rules.check(layout, family=family))
    return next(able, next(iter(FAMILIES)))


def _format(vendor: str):
    formats = registry.layout_formats()
    if vendor not in formats:
        raise InvalidInput([Problem("as", text("Choose one of the list."))])
    return formats[vendor]


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
