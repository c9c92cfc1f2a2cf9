"""A channel's scenes, each applied by one press."""

from flask import Response, request, url_for

from dashboard.errors import InvalidInput
from dashboard.services.layouts import scenes as service
from dashboard.views.drawings import draw
from dashboard.views.layouts import bp
from dashboard.views.layouts.editor import editing, outcome_of, urls
from dashboard.web import htmx
from dashboard.web.auth import actor, require
from dashboard.web.numbers import row_number


@bp.post("/channels/<int:id>/scenes")
@require("operate")
def add_scene(id: int) -> Response:
    form = request.form
    try:
        service.add(id, form.get("name", ""), form.get("document", ""), actor())
    except InvalidInput as fault:
        return _scenes(id, fault)
    return _scenes(id)


@bp.post("/scenes/<int:id>")
@require("operate")
def change_scene(id: int) -> Response:
    """A new name, or another layout under the same one: whichever field is there."""
    form, channel_id = request.form, service.channel_of(id)
    try:
        if "name" in form:
            service.rename(id, form["name"], actor())
        if "document" in form:
            service.replace(id, form["document"], actor())
    except InvalidInput as fault:
        return _scenes(channel_id, fault)
    return _scenes(channel_id)


@bp.post("/scenes/<int:id>/move")
@require("operate")
def move_scene(id: int) -> Response:
    service.move(id, request.form.get("position", 1, type=int), actor())
    return _scenes(service.channel_of(id))


@bp.post("/scenes/<int:id>/remove")
@require("operate")
def remove_scene(id: int) -> Response:
    channel_id = service.channel_of(id)
    service.remove(id, actor())
    return _scenes(channel_id)


@bp.post("/recordings/<int:id>/scenes/<int:scene_id>/apply")
@require("operate")
def apply_scene(id: int, scene_id: int) -> Response:
    return outcome_of(lambda: service.apply(id, scene_id, actor()), recording_id=id)


def _scenes(channel_id: int, fault: InvalidInput | None = None) -> Response:
    """The list as it is now, beside the editor that asked for it."""
    recording_id = request.form.get("recording_id", type=row_number)
    if not request.htmx and request.headers.get("X-Requested-With") != "fetch":
        if fault:
            raise fault
        return htmx.go(_back(channel_id, recording_id))
    screen = editing.screen(channel_id=channel_id, recording_id=recording_id, actor=actor())
    return htmx.fragment(
        "layouts/_scenes.html", 422 if fault else 200,
        screen=screen, draw=draw, address=urls(screen),
        problems=fault.by_field() if fault else {},
    )  # fmt: skip


def _back(channel_id: int, recording_id: int | None) -> str:
    if recording_id:
        return url_for("layouts.edit_recording", id=recording_id)
    return url_for("layouts.edit_channel", id=channel_id)
