"""A recording as the engine knows it, whichever vendor's door it came through.

A task goes forward through its phases. Everything in here is what survives a crash:
`to_json` is what the journal keeps.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any


class Phase(StrEnum):
    STARTING = "starting"
    """Taken; no worker is in the channel yet."""
    RECORDING = "recording"
    STOPPING = "stopping"
    """A stop was asked for; the last slice is being closed."""
    FINISHING = "finishing"
    """The recorder has left; MP4 and upload remain."""
    ENDED = "ended"
    FAILED = "failed"


OVER = (Phase.ENDED, Phase.FAILED)
IN_CHANNEL = (Phase.STARTING, Phase.RECORDING, Phase.STOPPING)


class End(StrEnum):
    """Why a recorder left."""

    STOPPED = "stopped"
    IDLE = "idle"
    SHUTDOWN = "shutdown"
    """The engine was asked to end, or was away too long."""
    REPLACED = "replaced"
    """The same recorder was sent into the same channel again."""
    FAULT = "fault"


class Fault(StrEnum):
    """What went wrong, for those who cannot go on because of it."""

    NOT_READY = "not_ready"
    DISK_FULL = "disk_full"
    ENCODER = "encoder"
    INTERNAL = "internal"
    STORAGE_REFUSED = "storage_refused"
    UPLOAD_FAILED = "upload_failed"
    UPLOAD_TIMEOUT = "upload_timeout"
    FILE_FAILED = "file_failed"


@dataclass(frozen=True)
class Spec:
    """What was asked for, in nobody's vendor words: doors read their requests into this.

    canvas: width, height, fps, bitrate_kbps, and gop_s where it was asked for.
    streams: "both", "audio" or "video". layout: Layout.to_json().
    subscription: {"audio", "video"}, each null for everybody or {"allow": uids, "deny": uids},
        either of which may be missing; an id that ends in `.*$` means all that begin so.
    folders: path elements before every file name.
    mode: "mix", one picture of all, or "individual", files of their own for each person.
    style: whose file names and private playlist tags: "agora" or "trtc".
    merge: individual: "none" (sound and picture apart), "beside" (and together as well) or
        "only" (together).
    pictures: which of a person's pictures are taken: "main", "screen" or "all".
    on_pause: while somebody's picture pauses: "last" repeats it, "black" does not.
    sound: rate, channels and bitrate_kbps; None takes them from audio_profile.
    hls, mp4, aac: what is left in the storage. part_min: the longest MP4 or AAC file.
    snapshot_s: seconds between two JPEG of each person; 0 makes none. record: False makes
        nothing but those.
    watermarks: painted over everything, see layouts/watermarks.py.
    storage: where files go beside the local bucket folder: see uploads/targets.py. Keys in it
        are sealed.
    library: how files enter the engine's own media library; None where there is a bucket.
    stem: what the names of all files begin with; "" means `<sid>_<channel>`.
    notes: what only the door that took the request needs again; nobody else reads it.
    most_people: the first so many to join whom the lists take are recorded; 0 takes all.
    most_failovers: a worker lost after so many ends the recording; None leaves that to us.
    """

    canvas: Mapping[str, int]
    layout: Mapping[str, Any]
    subscription: Mapping[str, Any]
    bucket: str
    folders: tuple[str, ...] = ()
    streams: str = "both"
    audio_profile: int = 0
    max_idle_s: int = 30
    mp4: bool = False
    correct_extinf: bool = False
    mode: str = "mix"
    style: str = "agora"
    merge: str = "none"
    pictures: str = "main"
    on_pause: str = "last"
    sound: Mapping[str, int] | None = None
    hls: bool = True
    aac: bool = False
    part_min: int = 120
    snapshot_s: int = 0
    record: bool = True
    watermarks: tuple[Mapping[str, Any], ...] = ()
    storage: Mapping[str, Any] | None = None
    library: Mapping[str, Any] | None = None
    stem: str = ""
    notes: Mapping[str, Any] = field(default_factory=dict)
    most_people: int = 0
    most_failovers: int | None = None


@dataclass
class Task:
    """One recording. Owned by its session; others only read it.

    door: the dialect it came in. app_id: whose it is. resource: what reserved it.
    expires_ms: from then on calls no longer reach it.
    ready_ms: when the recorder first was in the channel. epoch_ms: wall time of media time 0.
    alive_ms: the last sign of life. worker_pid: the process that writes, if there is one.
    failovers: how often a worker was replaced. recorded: something was sliced.
    closed: the playlist has its end. backed_up: it was told that files wait here for a store.
    pending: notices not delivered yet, oldest first.
    files: what was made so far, in the order in which it began, each {"name", "uid" ("" for
        everybody), "medium" ("audio", "video" or "audio_video"), "stream" ("main", "screen" or
        "mix"), "start_ms", "end_ms", "kind" ("hls", "mp4" or "aac")}: indexes rather than
        slices. Those of HLS are in it also where none of it is left in the storage. JPEGs
        would be too many; each is told of with the same fields, and kind "jpg".
    stored: names of those files that are in the storage.
    """

    sid: str
    door: str
    resource: str
    channel: str
    recorder_uid: str
    created_ms: int
    expires_ms: int
    spec: Spec
    phase: Phase = Phase.STARTING
    end: End | None = None
    fault: Fault | None = None
    fault_text: str = ""
    ready_ms: int | None = None
    epoch_ms: int | None = None
    first_slice_ms: int | None = None
    alive_ms: int = 0
    worker_pid: int | None = None
    ended_ms: int | None = None
    failovers: int = 0
    recorded: bool = False
    closed: bool = False
    first_upload: bool = False
    uploaded: bool = False
    backed_up: bool = False
    left_told: bool = False
    mp4_done: bool = False
    mp4_names: tuple[str, ...] = ()
    files: list[dict[str, Any]] = field(default_factory=list)
    stored: list[str] = field(default_factory=list)
    next_sequence: int = 0
    app_id: str = ""
    pending: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        return self.phase in OVER

    @property
    def may_fail_over(self) -> bool:
        """Whether another worker may go on where one was lost."""
        most = self.spec.most_failovers
        return self.ready_ms is None or most is None or self.failovers < most

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Task":
        """Raises KeyError, TypeError or ValueError for what `to_json` did not write."""
        known = {item.name for item in fields(cls)}
        values = {name: value for name, value in document.items() if name in known}
        spec = dict(values["spec"])
        tuples = {name: tuple(spec.get(name, ())) for name in ("folders", "watermarks")}
        values["spec"] = Spec(**{**spec, **tuples})
        values["phase"] = Phase(values["phase"])
        values["end"] = End(values["end"]) if values.get("end") else None
        values["fault"] = Fault(values["fault"]) if values.get("fault") else None
        values["mp4_names"] = tuple(values.get("mp4_names", ()))
        return cls(**values)


class Kind(StrEnum):
    """What can be told of a task; a door puts it into its vendor's words."""

    RECORDER_STARTED = "recorder_started"
    UPLOADER_STARTED = "uploader_started"
    SLICE_STARTED = "slice_started"
    STREAM_CHANGED = "stream_changed"
    FIRST_FILE = "first_file"
    """An index is in the storage for the first time."""
    FILE_READY = "file_ready"
    """An MP4, a file of sound or a JPEG is in the storage."""
    PROGRESS = "progress"
    RECORDER_LEFT = "recorder_left"
    UPLOADED = "uploaded"
    """All has arrived; after BACKED_UP this is what was waiting."""
    SET_ASIDE = "set_aside"
    """Files are kept on this machine for a store that does not take them; BACKED_UP follows."""
    BACKED_UP = "backed_up"
    """The recorder has left and files wait on this machine until their store takes them."""
    FAULT = "fault"
    IMAGE_FAILED = "image_failed"
    """No image came of an address: the recording goes on without it."""
    FAILED_OVER = "failed_over"
    MISPLACED_CALL = "misplaced_call"
    EXITED = "exited"


@dataclass(frozen=True)
class Happening:
    """fields by kind: slice_started, first_file, file_ready all of an entry of `Task.files`,
    slice_started discontinue_ms too; stream_changed uid, medium, stream, receiving; progress
    part (0..1); recorder_left end; fault fault, message; image_failed url; failed_over
    new_uid; exited normal.
    """

    kind: Kind
    at_ms: int
    fields: Mapping[str, Any] = field(default_factory=dict)
