"""What happened, in a sentence an operator would say."""

from collections.abc import Callable, Mapping
from typing import Any

from dashboard.domain.events import EventKind
from dashboard.errors import Text, text
from dashboard.services import texts
from dashboard.services.readmodels import Level

Detail = Mapping[str, Any]

LEFT_BECAUSE: Mapping[str, Text] = {
    "nobody_there": text("The recorder left: nobody was in the channel."),
    "asked": text("The recorder left the channel as asked."),
    "interrupted": text("The recorder left: its machine was shut down or restarted."),
    "failed_to_join": text("The recorder could not join the channel."),
    "ignored": text("The recorder left the channel."),
    "gone_quiet": text("The vendor says that the recorder has stopped."),
    "removed": text("The recorder was removed from the channel."),
    "dismissed": text("The recorder left: the channel was closed."),
    "removed_by_vendor": text("The recorder was removed from the channel by the vendor."),
    "dismissed_by_vendor": text("The recorder left: the vendor closed the channel."),
    "replaced": text("The recorder left: somebody came in under the same uid."),
    "max_recording_hour": text("The recorder left: the longest time was reached."),
    "capability_limit": text("The recorder left: the page asks more of it than it can do."),
    "start_engine_failed": text("The page's recorder could not be started."),
    "page_load_timeout": text("The recorder left: the page took too long to load."),
    "access_url_failed": text("The recorder left: the page could not be opened."),
    "recorder_error": text("The recorder left: it broke."),
    "ok": text("The recorder left the page as asked."),
}
"""By the first of `detail["reasons"]` that is here."""

_PARTS: Mapping[str, Text] = {
    "recorder": text("Recorder: %(what)s"),
    "uploader": text("Upload: %(what)s"),
    "service": text("Recording service: %(what)s"),
    "page": text("Recorded page: %(what)s"),
}

_UNEXPLAINED: Mapping[str, Text] = {
    "recorder": text("The recorder reported an error that its pages do not explain (%(code)s)."),
    "uploader": text("The upload reported an error that its pages do not explain (%(code)s)."),
    "service": text(
        "The recording service reported an error that its pages do not explain (%(code)s)."
    ),
    "page": text("The recorded page reported an error that its pages do not explain (%(code)s)."),
    "": text("The vendor reported an error that its pages do not explain (%(code)s)."),
}
"""A code alone, which no page has."""

_NOTES: Mapping[str, Text] = {
    "storage_key_expired": text("The key of the storage has expired; files cannot be uploaded."),
    "storage_key_ends": text(
        "The temporary key of the storage ends soon. Put a new one into the storage."
    ),
    "page_limit": text("The recorded page reached a limit of the recorder."),
    "page_reloaded": text("The recorded page was loaded again."),
    "download_failed": text("A recorded file could not be fetched."),
    "image_failed": text("An image of the layout could not be fetched."),
    "file_late": text("A recorded file is late; it follows."),
    "library_file": text("A recorded file is in the vendor's media library."),
    "failover_ready": text("The vendor keeps a second recorder ready."),
    "screenshot": text("A screenshot was taken."),
    "live_push": text("The live stream that is passed on changed its state."),
    "transcoding_started": text("The recorded files are being converted."),
    "transcoding_ended": text("The recorded files were converted."),
    "vod_upload_started": text("The vendor's video service is being given the files."),
    "vod_processing_started": text("The vendor's video service works on the files."),
}

_PLAIN: Mapping[EventKind, Text] = {
    EventKind.START_REQUESTED: text("Start was pressed."),
    EventKind.START_ACCEPTED: text("The vendor accepted the start."),
    EventKind.STOP_ACCEPTED: text("The vendor accepted the stop."),
    EventKind.RECORDER_STARTED: text("The recorder is in the channel."),
    EventKind.UPLOADER_STARTED: text("The upload is ready."),
    EventKind.FIRST_FILE: text("The first file was uploaded."),
    EventKind.UPLOADED: text("All files were uploaded."),
    EventKind.FILE_MADE: text("A recorded file is ready."),
    EventKind.BACKED_UP: text("The files were put into the vendor's backup and follow later."),
    EventKind.FAILED_OVER: text("The recorder was replaced after a fault; recording goes on."),
    EventKind.SEEN_RUNNING: text("The vendor says that it is recording."),
    EventKind.REACHABLE: text("The vendor answers again."),
    EventKind.SETTLED_ENDED: text("It has ended, and the files are there."),
}

_LEVELS: Mapping[EventKind, Level] = {
    EventKind.START_REFUSED: "error",
    EventKind.START_UNANSWERED: "warning",
    EventKind.STOP_UNANSWERED: "warning",
    EventKind.LAYOUT_REFUSED: "warning",
    EventKind.LAYOUT_UNANSWERED: "warning",
    EventKind.SUBSCRIPTION_REFUSED: "warning",
    EventKind.SUBSCRIPTION_UNANSWERED: "warning",
    EventKind.STORAGE_KEY_REFUSED: "warning",
    EventKind.EXITED_ABNORMALLY: "error",
    EventKind.FAILED_OVER: "warning",
    EventKind.WARNING: "warning",
    EventKind.ERROR: "error",
    EventKind.UNREACHABLE: "warning",
    EventKind.GONE: "error",
    EventKind.SETTLED_FAILED: "error",
    EventKind.BACKED_UP: "warning",
    EventKind.MARKED_ENDED: "warning",
    EventKind.SEEN_AFTER_END: "error",
    EventKind.FILES_MISSING: "error",
}
MARKED = text("Marked as ended by hand: %(reason)s")
MILD = frozenset({"debug", "minor", "medium"})
"""Severities of an error that do not end a recording."""


def sentence(kind: EventKind, detail: Detail, person_uid: str | None = None) -> Text:
    """One event, told. detail: as the provider or a service wrote it; anything may be missing."""
    teller = _TELLERS.get(kind)
    if teller:
        return teller(detail, person_uid or "")
    return _PLAIN.get(kind) or text("Something happened that we have no words for.")


def level(kind: EventKind, detail: Detail) -> Level:
    if kind is EventKind.ERROR and detail.get("severity") in MILD:
        return "warning"
    if kind is EventKind.RECORDER_LEFT and "failed_to_join" in (detail.get("reasons") or ()):
        return "error"
    return _LEVELS.get(kind, "info")


def left(detail: Detail) -> Text:
    """Why the recorder left; all reasons where there are several."""
    known = [
        LEFT_BECAUSE[reason] for reason in detail.get("reasons") or () if reason in LEFT_BECAUSE
    ]
    if not known and detail.get("code") is not None:
        return text("The recorder left; nobody knows what code %(code)s means.",
                    code=detail["code"])  # fmt: skip
    said = known[0] if known else text("The recorder left the channel.")
    for more in known[1:]:
        said = text("%(one)s %(more)s", one=said, more=more)
    return said


def fault(detail: Detail) -> Text:
    """An error of the vendor: what its pages say of it, and its own words and code."""
    words, code = detail.get("text"), detail.get("code")
    if words and code is not None:
        what = f"{words} ({code})"
    else:
        what = words or (f"({code})" if code is not None else "")
    meaning = texts.from_json(detail.get("meaning"))
    if meaning:
        what = text("%(meaning)s (%(said)s)", meaning=meaning, said=words or code)
        if detail.get("part") == "uploader":  # the meaning says that it is about uploads
            return what
    part = detail.get("part", "")
    if code is not None and not words and not meaning:
        return Text(_UNEXPLAINED.get(part, _UNEXPLAINED[""]).template, {"code": code})
    frame = _PARTS.get(part)
    if not what:
        return text("The vendor reported an error.")
    if frame:
        return Text(frame.template, {"what": what})
    return text("The vendor reported an error: %(what)s", what=what)


def _stream(sound: bool) -> Callable[[Detail, str], Text]:
    def teller(detail: Detail, uid: str) -> Text:
        receiving = detail.get("receiving")
        if sound and receiving:
            return text("%(uid)s started sending sound.", uid=uid)
        if sound:
            return text("%(uid)s stopped sending sound.", uid=uid)
        if receiving:
            return text("%(uid)s started sending picture.", uid=uid)
        return text("%(uid)s stopped sending picture.", uid=uid)

    return teller


def _slice(detail: Detail, _uid: str) -> Text:
    gap_s = (detail.get("gap_ms") or 0) / 1000
    if gap_s >= 0.1:
        return text("Recording goes on after a gap of %(s)s s.", s=round(gap_s, 1))
    return text("The first slice has begun.")


def _progress(detail: Detail, _uid: str) -> Text:
    percent = detail.get("percent")
    if percent is None:
        return text("The upload goes on.")
    return text("Uploaded: %(percent)s %%.", percent=f"{percent:g}")


def _refused(detail: Detail, _uid: str) -> Text:
    return texts.from_json(detail.get("why")) or text("The start was refused.")


def _with_why(frame: Text, plain: Text) -> Callable[[Detail, str], Text]:
    """A sentence around the reason, which is a sentence itself, where one is known."""

    def teller(detail: Detail, _uid: str) -> Text:
        why = texts.from_json(detail.get("why"))
        return Text(frame.template, {"why": why}) if why else plain

    return teller


def _warning(detail: Detail, _uid: str) -> Text:
    if detail.get("what") in _NOTES:
        return _NOTES[detail["what"]]
    code, meaning = detail.get("code"), texts.from_json(detail.get("meaning"))
    if meaning:
        return text("%(meaning)s (%(said)s)", meaning=meaning, said=code)
    if code is not None:
        return text("The vendor warns (code %(code)s).", code=code)
    return text("The vendor warns of something.")


def _status(detail: Detail, _uid: str) -> Text:
    if detail.get("what") in _NOTES:
        return _NOTES[detail["what"]]
    meaning = texts.from_json(detail.get("meaning"))
    if meaning:
        return text("A call did not fit the state: %(meaning)s (%(said)s)",
                    meaning=meaning, said=detail.get("status"))  # fmt: skip
    if detail.get("status") is not None:
        return text("The vendor told its status: %(status)s.", status=detail["status"])
    return text("The vendor told its status.")


def _unknown(detail: Detail, _uid: str) -> Text:
    number = detail.get("vendor_event")
    name = detail.get("vendor_name") or ("?" if number is None else number)
    if detail.get("vendor_name") and number is not None:
        name = f"{name} ({number})"
    return text("The vendor told something that we do not know: %(name)s.", name=name)


def _exited_badly(detail: Detail, _uid: str) -> Text:
    if detail.get("text"):
        return text("The recording ended with a fault: %(why)s", why=detail["text"])
    return text("The recording ended with a fault.")


def _exited(detail: Detail, _uid: str) -> Text:
    if detail.get("nothing_recorded"):
        return text("Nobody sent anything, so nothing was recorded.")
    return text("The recording service has finished.")


def _layout(detail: Detail, _uid: str) -> Text:
    if detail.get("scene"):
        return text("Scene %(name)s was applied.", name=detail["scene"])
    if detail.get("restored"):
        return text("An earlier layout was applied again.")
    return text("A new layout was applied.")


_LAYOUT_REFUSED = text("The new layout was refused, the old one stays: %(why)s")
_LAYOUT_UNANSWERED = text("Whether the new layout is applied is not known: %(why)s")
_KEY_REFUSED = text("The recorder was not given the storage's new key: %(why)s")
_SUBSCRIPTION_REFUSED = text("Whom it records was not changed: %(why)s")
_SUBSCRIPTION_UNANSWERED = text("Whether it records other people now is not known: %(why)s")
_UNREACHABLE = text("The vendor does not answer: %(why)s")
_START_UNANSWERED = text("Whether it records is not known yet: %(why)s")
_STOP_UNANSWERED = text("The stop was not taken yet, it is tried again: %(why)s")


def _subscription(detail: Detail, _uid: str) -> Text:
    """The differences in words, where there are few; else that there are."""
    changes = [texts.from_json(change) for change in detail.get("changes") or ()]
    if len(changes) == 1 and changes[0]:
        return text("Whom it records was changed: %(what)s", what=changes[0])
    if detail.get("restored"):
        return text("It records whom it recorded before.")
    return text("Whom it records was changed.")


def _marked(detail: Detail, _uid: str) -> Text:
    return Text(MARKED.template, {"reason": detail.get("reason") or "?"})


def _after_end(detail: Detail, _uid: str) -> Text:
    if detail.get("stopped"):
        return text("It had ended for us, and the vendor still records. It is being stopped again.")
    return text("It was given up for lost, and the vendor still records.")


def _files_missing(detail: Detail, _uid: str) -> Text:
    count = detail.get("missing")
    return text("Files that were told of are not in the storage: %(n)s.", n=count)


def _key_renewed(detail: Detail, _uid: str) -> Text:
    if detail.get("until"):
        return text("The recorder was given the storage's new key, good until %(until)s.",
                    until=detail["until"])  # fmt: skip
    return text("The recorder was given the storage's new key.")


def _stop_wanted(detail: Detail, _uid: str) -> Text:
    if detail.get("ceiling_min"):
        return text("Its longest time, %(minutes)s min, is over. It is being stopped.",
                    minutes=detail["ceiling_min"])  # fmt: skip
    if detail.get("planned_end"):
        return text(
            "The planned end is over and its schedule did not stop it. It is being stopped."
        )
    return text("Stop was pressed.")


_TELLERS: Mapping[EventKind, Callable[[Detail, str], Text]] = {
    EventKind.STOP_REQUESTED: _stop_wanted,
    EventKind.AUDIO_CHANGED: _stream(sound=True),
    EventKind.VIDEO_CHANGED: _stream(sound=False),
    EventKind.SLICE_STARTED: _slice,
    EventKind.UPLOAD_PROGRESS: _progress,
    EventKind.RECORDER_LEFT: lambda detail, _uid: left(detail),
    EventKind.ERROR: lambda detail, _uid: fault(detail),
    EventKind.WARNING: _warning,
    EventKind.STATUS: _status,
    EventKind.UNKNOWN: _unknown,
    EventKind.START_REFUSED: _refused,
    EventKind.SETTLED_FAILED: _refused,
    EventKind.GONE: _refused,
    EventKind.LAYOUT_CHANGED: _layout,
    EventKind.LAYOUT_REFUSED: _with_why(
        _LAYOUT_REFUSED, text("The new layout was refused, the old one stays.")
    ),
    EventKind.LAYOUT_UNANSWERED: _with_why(
        _LAYOUT_UNANSWERED, text("Whether the new layout is applied is not known.")
    ),
    EventKind.START_UNANSWERED: _with_why(
        _START_UNANSWERED,
        text("The answer to the start was lost. Finding out whether it records."),
    ),
    EventKind.SUBSCRIPTION_CHANGED: _subscription,
    EventKind.SUBSCRIPTION_REFUSED: _with_why(
        _SUBSCRIPTION_REFUSED, text("Whom it records was not changed: the vendor refused it.")
    ),
    EventKind.SUBSCRIPTION_UNANSWERED: _with_why(
        _SUBSCRIPTION_UNANSWERED, text("Whether it records other people now is not known.")
    ),
    EventKind.STORAGE_KEY_RENEWED: _key_renewed,
    EventKind.STORAGE_KEY_REFUSED: _with_why(
        _KEY_REFUSED, text("The recorder was not given the storage's new key.")
    ),
    EventKind.MARKED_ENDED: _marked,
    EventKind.SEEN_AFTER_END: _after_end,
    EventKind.FILES_MISSING: _files_missing,
    EventKind.EXITED: _exited,
    EventKind.EXITED_ABNORMALLY: _exited_badly,
    EventKind.UNREACHABLE: _with_why(_UNREACHABLE, text("The vendor does not answer.")),
    EventKind.STOP_UNANSWERED: _with_why(
        _STOP_UNANSWERED, text("The stop was not taken yet, it is tried again.")
    ),
}
