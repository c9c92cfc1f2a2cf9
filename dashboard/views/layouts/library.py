"""The library of layouts: find, save, compare versions, take along and bring in."""

import re
import unicodedata

from flask import Response, make_response, request, url_for

from dashboard.domain.recording import Canvas
from dashboard.errors import DashboardError, InvalidInput, Problem, text
from dashboard.services.layouts import exchange
from dashboard.services.layouts import library as service
from dashboard.services.readmodels_layouts import LibraryFilters
from dashboard.views.drawings import draw
from dashboard.views.layouts import bp
from dashboard.web import htmx
from dashboard.web.auth import actor, require
from dashboard.web.numbers import row_number

LARGEST_FILE = 64 * 1024


@bp.get("/layouts")
@require("view")
def index() -> Response:
    return _library()


@bp.post("/layouts")
@require("operate")
def create() -> Response:
    """Save a draft under a name."""
    form = request.form
    canvas = Canvas(form.get("width", 1280, type=int), form.get("height", 720, type=int))
    try:
        service.create(
            form.get("name", ""),
            form.get("tags", ""),
            form.get("document", ""),
            canvas,
            actor(),
            family=form.get("family", "cloud_recording"),
        )
    except InvalidInput as fault:
        return _library(fault)
    return _done(text("The layout is in the library."))


@bp.get("/layouts/<int:id>")
@require("view")
def show(id: int) -> Response:
    return htmx.page_or_fragment(
        "layouts/show.html", "layouts/_versions.html", saved=service.get(id),
        versions=service.versions(id), draw=draw, problems={},
    )  # fmt: skip


@bp.post("/layouts/<int:id>")
@require("operate")
def save_version(id: int) -> Response:
    base = request.form.get("version", type=row_number)
    service.new_version(id, request.form.get("document", ""), actor(), base=base)
    return _done(text("A new version is saved."), id)


@bp.post("/layouts/<int:id>/duplicate")
@require("operate")
def duplicate(id: int) -> Response:
    service.duplicate(id, actor(), request.form.get("name", ""))
    return _done(text("The layout is duplicated."))


@bp.post("/layouts/<int:id>/rename")
@require("operate")
def rename(id: int) -> Response:
    service.rename(id, request.form.get("name", ""), actor())
    return _done(text("The layout is renamed."), id)


@bp.post("/layouts/<int:id>/tags")
@require("operate")
def tags(id: int) -> Response:
    service.set_tags(id, request.form.get("tags", ""), actor())
    return _done(text("The tags are saved."), id)


@bp.post("/layouts/<int:id>/archive")
@require("operate")
def archive(id: int) -> Response:
    service.archive(id, actor())
    return _done(text("The layout is put away. It can be brought back."))


@bp.post("/layouts/<int:id>/unarchive")
@require("operate")
def unarchive(id: int) -> Response:
    service.unarchive(id, actor())
    return _done(text("The layout is back in the library."))


@bp.post("/layouts/<int:id>/restore")
@require("operate")
def restore_version(id: int) -> Response:
    service.restore_version(id, request.form.get("version", 0, type=row_number), actor())
    return _done(text("The older version is the newest now."), id)


@bp.get("/layouts/<int:id>/export")
@require("view")
def export(id: int) -> Response:
    """A file: ?as=ours, or a vendor's word."""
    saved, kind = service.get(id), request.args.get("as", exchange.OURS)
    if kind == exchange.OURS:
        words = exchange.export_ours(
            saved.document, name=saved.name, canvas=saved.canvas, family=saved.family
        )
    else:
        words = exchange.export_vendor(saved.document, kind, saved.canvas)
    answer = make_response(words)
    answer.mimetype = "application/json"
    name = f"{_plain(saved.name)}-v{saved.version}.{kind}.json"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@bp.post("/layouts/import")
@require("operate")
def import_file() -> Response:
    """A file, or pasted text, in our own form or a vendor's."""
    try:
        words, filename = _given()
        found = exchange.import_text(words)
        name = request.form.get("name", "").strip() or found.name or filename
        service.create(
            name,
            request.form.get("tags", ""),
            found.layout.to_json(),
            found.canvas or Canvas(),
            actor(),
            family=exchange.family_of(found.layout),
        )
    except InvalidInput as fault:
        return _library(exchange.with_places(fault))
    if found.left_out:
        left = ", ".join(found.left_out)
        htmx.toast("attention", text("Not taken over: %(names)s.", names=left))
    return _done(text("The layout is in the library."))


# ---------------------------------------------------------------- helpers


def _given() -> tuple[str, str]:
    """The text, and the name of the file it came in. Raises InvalidInput."""
    file = request.files.get("file")
    if not file or not file.filename:
        return request.form.get("text", ""), ""
    raw = file.stream.read(LARGEST_FILE + 1)
    try:
        if len(raw) > LARGEST_FILE:
            raise InvalidInput([Problem("file", text("This is too large to be a layout."))])
        return raw.decode("utf-8-sig"), file.filename.removesuffix(".json")
    except UnicodeDecodeError:
        raise InvalidInput([Problem("file", text("This is not JSON that we can read."))]) from None


def _library(fault: DashboardError | None = None) -> Response:
    asked = request.args
    filters = LibraryFilters(
        search=asked.get("q", "").strip()[:100],
        tag=asked.get("tag", "").strip()[:100],
        archived=asked.get("archived") == "1",
    )
    return htmx.page_or_fragment(
        "layouts/index.html", "layouts/_library.html", 422 if fault else 200,
        screen=service.screen(filters, actor()), draw=draw,
        problems=fault.by_field() if isinstance(fault, InvalidInput) else {},
    )  # fmt: skip


def _done(words, id: int | None = None) -> Response:
    """The list as it is now for htmx; for a plain form, back to where it stood."""
    htmx.toast("done", words)
    if request.htmx or request.headers.get("X-Requested-With") == "fetch":
        return _library()
    return htmx.go(url_for("layouts.show", id=id) if id else url_for("layouts.index"))


def _plain(name: str) -> str:
    """A name that every file system and header takes."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-").lower()[:60] or "layout"
