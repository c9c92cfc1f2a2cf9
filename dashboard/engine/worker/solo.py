"""One stream of one person: their sound and picture, each in an index of its own or together."""

from collections.abc import Iterable

import av

from dashboard.engine.reels import Reel
from dashboard.engine.sources import Coded
from dashboard.engine.worker.job import Job
from dashboard.engine.worker.people import Seat, Stream
from dashboard.engine.worker.segmenter import Rule, Segmenter
from dashboard.engine.worker.shelf import Shelves
from dashboard.engine.worker.timeline import Timeline
from dashboard.engine.worker.tracks import CodedPicture, DrawnPicture, SoundTrack

Shape = tuple[type[DrawnPicture] | type[CodedPicture], int, int]
"""How a picture is recorded, its width and height."""

_BLACK = (16, 128, 128)
"""Of the three planes, limited range."""


class Solo:
    """Where a picture begins, ends or changes its size, the indexes that hold it begin a new
    slice; so does an index of sound alone where sound begins or ends. Beside a picture sound
    that is missing is silence.
    """

    def __init__(
        self, job: Job, uid: str, stream: Stream, shelves: Shelves, timeline: Timeline
    ) -> None:
        self._job, self._shelves, self._timeline = job, shelves, timeline
        self._reels = _reels(job, uid, stream)
        self._is_merged = any(reel.medium == "audio_video" for reel in self._reels)
        self._hears = False
        self._shape: Shape | None = None
        self._sound: SoundTrack | None = None
        self._picture: DrawnPicture | CodedPicture | None = None
        self._segmenters: dict[Reel, Segmenter] = {}
        self._last: av.VideoFrame | None = None

    def tick(self, number: int, seat: Seat) -> None:
        if seat.video and hasattr(seat.source, "packets"):
            packets = self._turn_to_coded(number, seat)
        else:
            frame = self._frame(number, seat)
            shape = (DrawnPicture, frame.width, frame.height) if frame else None
            self._turn(number, seat.audio, shape)
            packets = self._picture.tick(number, frame) if frame else ()
        if self._sound:
            voices = {seat.uid: seat.source} if seat.audio else {}
            self._put("audio", self._sound.tick(number, voices))
        self._put("video", packets)
        for segmenter in self._segmenters.values():
            if segmenter.fault:
                raise segmenter.fault

    def finish(self) -> None:
        """Empty the encoders and close the open slices."""
        self._turn(0, False, None)

    def abandon(self) -> None:
        for segmenter in self._segmenters.values():
            segmenter.abandon()

    # --- the picture --------------------------------------------------------------------

    def _frame(self, number: int, seat: Seat) -> av.VideoFrame | None:
        """What is to be encoded. TRTC goes on while a picture is paused (FillType)."""
        if seat.video:
            self._last = _look(seat, self._timeline, number)
            return self._last
        if not seat.paused or self._picture is None or self._job.style != "trtc":
            return None
        if self._job.on_pause == "black":
            self._last = _black(*self._picture.pixels)
        elif isinstance(self._picture, CodedPicture):
            self._last = _look(seat, self._timeline, number - 1)
        return self._last

    def _turn_to_coded(self, number: int, seat: Seat) -> list[av.Packet]:
        """The publisher's own packets of a tick; the first that are kept begin a key frame."""
        coded = seat.source.packets(self._timeline.at(number), self._timeline.at(number + 1))
        turn = next((item for item in coded if item.key and _shape_of(item) != self._shape), None)
        shape = self._shape if isinstance(self._picture, CodedPicture) else None
        before = coded[: coded.index(turn)] if turn else coded
        after = coded[len(before) :]
        packets = [self._picture.packet(item) for item in before] if shape else []
        if not turn:
            self._turn(number, seat.audio, shape)
            return packets
        self._put("video", packets)
        self._turn(number, seat.audio, _shape_of(turn))
        return [self._picture.packet(item) for item in after]

    # --- what is recorded ---------------------------------------------------------------

    def _turn(self, number: int, hears: bool, shape: Shape | None) -> None:
        """Begin and end what is to be recorded from this tick on."""
        if (hears, shape) == (self._hears, self._shape):
            return
        if shape != self._shape:
            self._put("video", self._picture.finish() if self._picture else ())
            self._picture = self._make_picture(shape)
        wanted = hears or (self._is_merged and shape is not None)
        if wanted != bool(self._sound):
            self._put("audio", self._sound.finish() if self._sound else ())
            self._sound = SoundTrack(self._job, self._timeline, number) if wanted else None
        before = self._hears, self._shape
        self._hears, self._shape = hears, shape
        for reel in self._reels:
            if _holds(reel, *before) != _holds(reel, hears, shape):
                self._begin_again(reel)

    def _make_picture(self, shape: Shape | None) -> DrawnPicture | CodedPicture | None:
        if shape is None:
            return None
        kind, width, height = shape
        if kind is CodedPicture:
            return CodedPicture(self._timeline, width, height)
        return DrawnPicture(self._job, width, height)

    def _begin_again(self, reel: Reel) -> None:
        if reel in self._segmenters:
            self._segmenters.pop(reel).close()
        held = _holds(reel, self._hears, self._shape)
        if not held:
            return
        tracks = {"video": self._picture, "audio": self._sound}
        patterns = {kind: tracks[kind].pattern for kind in held}
        shelf = self._shelves.shelf(reel)
        shelf.begin(self._picture.pixels if "video" in patterns else None)
        self._segmenters[reel] = Segmenter(
            patterns, shelf, self._timeline.epoch_ms, Rule(self._job.slice_s)
        )

    def _put(self, kind: str, packets: Iterable[av.Packet]) -> None:
        takers = [segmenter for segmenter in self._segmenters.values() if kind in segmenter.kinds]
        for packet in packets:
            for taker in takers[1:]:
                taker.put(kind, _copy(packet))
            if takers:
                takers[0].put(kind, packet)


def _reels(job: Job, uid: str, stream: Stream) -> list[Reel]:
    """A screen has no sound, and one medium alone is not merged with anything."""
    media = {"both": ("audio", "video"), "audio": ("audio",), "video": ("video",)}[job.streams]
    if stream == "screen":
        return [Reel(uid, stream, "video")]
    apart = [Reel(uid, stream, medium) for medium in media]
    if job.merge == "none" or len(media) == 1:
        return apart
    together = Reel(uid, stream, "audio_video")
    return [together] if job.merge == "only" else [*apart, together]


def _holds(reel: Reel, hears: bool, shape: Shape | None) -> dict[str, object]:
    """The tracks of a reel and what they look like; equal where nothing has to begin again."""
    if reel.medium == "audio":
        return {"audio": True} if hears else {}
    if shape is None:
        return {"audio": True} if hears and reel.medium == "audio_video" else {}
    silence = {"audio": True} if reel.medium == "audio_video" else {}
    return {"video": shape, **silence}


def _shape_of(coded: Coded) -> Shape:
    return CodedPicture, coded.width, coded.height


def _look(seat: Seat, timeline: Timeline, number: int) -> av.VideoFrame:
    return seat.source.picture(seat.source.number(timeline.at(number)))


def _black(width: int, height: int) -> av.VideoFrame:
    frame = av.VideoFrame(width, height, "yuv420p")
    for plane, value in zip(frame.planes, _BLACK, strict=True):
        plane.update(bytes([value]) * plane.buffer_size)
    return frame


def _copy(packet: av.Packet) -> av.Packet:
    """A muxer changes the times of what it is given."""
    twin = av.Packet(bytes(packet))
    twin.time_base, twin.pts, twin.dts = packet.time_base, packet.pts, packet.dts
    twin.duration, twin.is_keyframe = packet.duration, packet.is_keyframe
    return twin
