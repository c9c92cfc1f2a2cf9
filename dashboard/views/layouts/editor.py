"""The editor: what it begins with, what Apply answers, and the beat that keeps it fresh."""

from collections.abc import Callable

from flask import Response, make_response, render_template, request, url_for

from dashboard.errors import Conflict, InvalidInput, NotFound, ProviderError, Text, text
from dashboard.layouts import diff, rules
from dashboard.services.layouts import editing, live
from dashboard.services.readmodels_layouts import Beat, EditorScreen, LayoutConflict
from dashboard.views.drawings import LAYOUT_NAMES, draw
from dashboard.views.layouts import bp
from dashboard.web import htmx
from dashboard.web.auth import actor, require
from dashboard.web.filters import say

OUTCOME = "#layout-outcome"


@bp.get("/channels/<int:id>/layout")
@require("view")
def edit_channel(id: int) -> str:
    return _page(editing.screen(channel_id=id, actor=actor()))


@bp.get("/recordings/<int:id>/layout")
@require("view")
def edit_recording(id: int) -> str:
    return _page(editing.screen(recording_id=id, actor=actor()))


@bp.post("/recordings/<int:id>/layout")
@require("operate")
def apply(id: int) -> Response:
    """The whole layout, from the recording's next picture on."""
    form = request.form
    return outcome_of(
        lambda: live.apply(
            id,
            form.get("document", ""),
            form.get("revision", -1, type=int),
            actor(),
            overwrite=form.get("overwrite") == "1",
        ),
        recording_id=id,
    )


@bp.post("/recordings/<int:id>/layout/restore/<int:applied_id>")
@require("operate")
def restore(id: int, applied_id: int) -> Response:
    return outcome_of(lambda: live.restore(id, applied_id, actor()), recording_id=id)


@bp.post("/channels/<int:id>/layout")
@require("operate")
def save_channel(id: int) -> Response:
    """For the channel's next start."""
    form = request.form
    return outcome_of(
        lambda: editing.save_for_channel(
            id,
            form.get("document", ""),
            form.get("revision", -1, type=int),
            actor(),
            overwrite=form.get("overwrite") == "1",
        ),
        channel_id=id,
    )


@bp.get("/channels/<int:id>/layout/beat")
@require("view")
def beat_channel(id: int) -> Response:
    return _beat(editing.beat(channel_id=id, actor=actor()), channel_id=id)


@bp.get("/recordings/<int:id>/layout/beat")
@require("view")
def beat_recording(id: int) -> Response:
    return _beat(editing.beat(recording_id=id, actor=actor()), recording_id=id)


@bp.post("/channels/<int:id>/layout/leave")
@require("view")
def leave_channel(id: int) -> Response:
    editing.leave(id, None, actor())
    return htmx.unchanged()


@bp.post("/recordings/<int:id>/layout/leave")
@require("view")
def leave_recording(id: int) -> Response:
    editing.leave(0, id, actor())
    return htmx.unchanged()


@bp.get("/recordings/<int:id>/layout/history")
@require("view")
def history(id: int) -> Response:
    screen = editing.screen(recording_id=id, actor=actor())
    page, part = "layouts/outcome.html", "layouts/_history.html"
    return htmx.page_or_fragment(page, part, screen=screen, draw=draw)


@bp.get("/people-pictures/<int:channel_id>/<uid>.jpg")
@require("view")
def person_picture(channel_id: int, uid: str) -> Response:
    """Somebody's picture as it is now; an address with its version may be kept."""
    found = editing.person_picture(channel_id, uid)
    if found is None:
        raise NotFound(text("There is no picture of this person now."))
    jpeg, version = found
    answer = make_response(jpeg)
    answer.mimetype = "image/jpeg"
    same = request.args.get("v") == str(version)
    answer.headers["Cache-Control"] = "private, max-age=600, immutable" if same else "no-cache"
    answer.set_etag(f"{channel_id}-{uid}-{version}")
    return answer.make_conditional(request)


# ---------------------------------------------------------------- what came of it


def outcome_of(
    act: Callable[[], object], *, channel_id: int | None = None, recording_id: int | None = None
) -> Response:
    """Do it, and tell what came of it: one fragment for each way it can end."""
    place = {"channel_id": channel_id, "recording_id": recording_id}
    try:
        done = act()
    except InvalidInput as fault:
        return _outcome("layouts/_findings.html", 422, place, fault=fault)
    except LayoutConflict as fault:
        return _outcome("layouts/_conflict.html", 409, place, fault=fault)
    except ProviderError as fault:
        return _outcome("layouts/_refused.html", 502, place, fault=fault)
    except Conflict as fault:
        return _outcome("layouts/_refused.html", 409, place, fault=fault)
    htmx.toast("done", _done(recording_id))
    if not request.htmx and not _wants_fragment():
        return htmx.go(_editor(channel_id, recording_id))
    return _outcome("layouts/_applied.html", 200, place, done=done)


def _done(recording_id: int | None):
    if recording_id:
        return text("The new layout is being recorded.")
    return text("The layout is saved for the next start.")


def _outcome(part: str, status: int, place: dict[str, int | None], **context) -> Response:
    screen = editing.screen(**place, actor=actor(), announce=False)
    context |= {"screen": screen, "draw": draw, "address": urls(screen)}
    if request.htmx or _wants_fragment():
        answer = htmx.fragment(part, status, **context)
        answer.headers["HX-Retarget"] = OUTCOME
        answer.headers["HX-Reswap"] = "outerHTML"
        if status >= 400:
            answer.headers["X-Fault"] = "1"  # said in the fragment, not in a toast as well
        return answer
    return make_response(render_template("layouts/outcome.html", part=part, **context), status)


def _wants_fragment() -> bool:
    """The editor's own script asks with fetch."""
    return request.headers.get("X-Requested-With") == "fetch"


def _editor(channel_id: int | None, recording_id: int | None) -> str:
    if recording_id:
        return url_for("layouts.edit_recording", id=recording_id)
    return url_for("layouts.edit_channel", id=channel_id)


# ---------------------------------------------------------------- the page and its data


def _page(screen: EditorScreen) -> str:
    return render_template(
        "layouts/editor.html",
        screen=screen,
        data=data_of(screen),
        beat=beat_data(screen.beat, screen.channel_id, screen.recording_id),
        sentences=sentences(),
        address=urls(screen),
        draw=draw,
    )


def data_of(screen: EditorScreen) -> dict[str, object]:
    """What the editor's script begins with, JSON-simple."""
    family = screen.family
    return {
        "canvas": {"width": screen.canvas.width, "height": screen.canvas.height},
        "family": family.to_json(),
        "mostRegions": family.most_regions,
        "fits": list(family.fits),
        "live": screen.is_live,
        "mayApply": screen.may_apply,
        "recordingId": screen.recording_id,
        "channelId": screen.channel_id,
        **beat_data(screen.beat, screen.channel_id, screen.recording_id),
        "scenes": [
            {"id": scene.id, "position": scene.position, "name": scene.name,
             "document": scene.document}
            for scene in screen.scenes
        ],
        "library": [
            {"id": saved.id, "name": saved.name, "tags": list(saved.tags),
             "version": saved.version, "document": saved.document}
            for saved in screen.library
        ],
        "urls": urls(screen),
    }  # fmt: skip


def sentences() -> dict[str, dict[str, str]]:
    """What the script says of differences, findings and presets: templates, not yet filled."""
    found = {"diff": diff.SENTENCES, "rules": rules.SENTENCES, "presets": LAYOUT_NAMES}
    return {
        family: {str(name): say(Text(sentence.template)) for name, sentence in all_of.items()}
        for family, all_of in found.items()
    }


def beat_data(beat: Beat, channel_id: int, recording_id: int | None) -> dict[str, object]:
    return {
        "applied": beat.now.document,
        "revision": beat.now.revision,
        "by": beat.now.by,
        "at": beat.now.at.isoformat() if beat.now.at else None,
        "unsure": beat.now.unsure,
        "others": list(beat.others),
        "live": beat.is_live,
        "preview": _preview(recording_id, beat.preview_version),
        "people": [
            {
                "uid": person.uid,
                "color": person.color,
                "audio": person.audio,
                "video": person.video,
                "picture": _picture(channel_id, person.uid, person.picture_version),
            }
            for person in beat.people
        ],
    }


def _preview(recording_id: int | None, version: int | None) -> str | None:
    if recording_id is None or version is None:
        return None
    return url_for("recordings.preview", id=recording_id, width=480, v=version)


def _picture(channel_id: int, uid: str, version: int | None) -> str | None:
    if version is None:
        return None
    return url_for("layouts.person_picture", channel_id=channel_id, uid=uid, v=version)


def urls(screen: EditorScreen) -> dict[str, str | None]:
    """Where the editor's script sends what. A 0 stands for the number of a scene or line."""
    found: dict[str, str | None] = {
        "scenes": url_for("layouts.add_scene", id=screen.channel_id),
        "scene": url_for("layouts.change_scene", id=0),
        "moveScene": url_for("layouts.move_scene", id=0),
        "removeScene": url_for("layouts.remove_scene", id=0),
        "library": url_for("layouts.index"),
        "save": url_for("layouts.create"),
        "import": url_for("layouts.import_file"),
    }
    if screen.recording_id:
        id_ = screen.recording_id
        return found | {
            "apply": url_for("layouts.apply", id=id_),
            "beat": url_for("layouts.beat_recording", id=id_),
            "leave": url_for("layouts.leave_recording", id=id_),
            "restore": url_for("layouts.restore", id=id_, applied_id=0),
            "applyScene": url_for("layouts.apply_scene", id=id_, scene_id=0),
            "history": url_for("layouts.history", id=id_),
            "preview": url_for("recordings.preview", id=id_),
        }
    id_ = screen.channel_id
    return found | {
        "apply": url_for("layouts.save_channel", id=id_),
        "beat": url_for("layouts.beat_channel", id=id_),
        "leave": url_for("layouts.leave_channel", id=id_),
    }


def _beat(
    found: Beat, *, channel_id: int | None = None, recording_id: int | None = None
) -> Response:
    if request.args.get("seen") == found.digest:
        return htmx.unchanged()
    endpoint = "layouts.beat_recording" if recording_id else "layouts.beat_channel"
    channel = channel_id or editing.channel_of(recording_id)
    return htmx.fragment(
        "layouts/_beat.html",
        seen=found,
        beat=beat_data(found, channel, recording_id),
        beat_address=url_for(endpoint, id=recording_id or channel_id, seen=found.digest),
    )
