"""What TRTC calls recorded files. Source: trtc.md section 6.

A *stem* is what all files of one recording begin with: `<SdkAppId>_<room>`. The room is
written as it is where it is a number and encoded like a user id where it is text.
"""

import base64
from typing import Literal

Media = Literal["main", "aux"]
Track = Literal["audio", "video"]


def encode(text: str) -> str:
    """base64 with "-" for "/", "." for "=" and "+" left: not the alphabet of a UserSig."""
    return base64.b64encode(text.encode()).decode().replace("/", "-").replace("=", ".")


def decode(encoded: str) -> str:
    """Raises ValueError."""
    return base64.b64decode(encoded.replace("-", "/").replace(".", "="), validate=True).decode()


def stem(sdk_app_id: int, room: str, *, is_text: bool) -> str:
    """is_text: the room's id is text and not a number (RoomIdType 0)."""
    return f"{sdk_app_id}_{encode(room) if is_text else room}"


def single_stem(stem: str, user_id: str, media: Media, track: Track | None = None) -> str:
    """What the files of one person begin with. track: None where both are in one file."""
    named = f"{stem}__UserId_s_{encode(user_id)}__UserId_e_{media}"
    return f"{named}_{track}" if track else named


def user_defined(record_id: str, name: str) -> str:
    """A file of the media library with UserDefineRecordId (section 3.3)."""
    return f"{record_id}__UserDefine_u_{name}"


def failover_prefix(n: int) -> str:
    """What files begin with after the n-th resumption; n from 1 to 3."""
    return f"ha{n}_"


def part_name(stem: str, number: int, parts: int, ending: str) -> str:
    """An MP4 or a file of sound. number: from 1; it is named only where there are several."""
    return f"{stem}_{number}.{ending}" if parts > 1 else f"{stem}.{ending}"
