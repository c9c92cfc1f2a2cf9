"""The ticket with which somebody enters a TRTC room. Source: trtc.md section 10."""

import base64
import binascii
import hashlib
import hmac
import json
import zlib
from dataclasses import dataclass
from typing import Any

VERSION = "2.0"
EXPIRE_DEFAULT_S = 180 * 86_400
"""What the vendor's library takes when nothing is said."""

_TO_WIRE = str.maketrans("+/=", "*-_")
_FROM_WIRE = str.maketrans("*-_", "+/=")
_LONGEST = 16 * 1024


@dataclass(frozen=True)
class UserSig:
    """What a ticket says. time_s: when it was made, seconds since 1970. userbuf: room rights."""

    identifier: str
    sdk_app_id: int
    time_s: int
    expire_s: int
    signature: str
    userbuf: str = ""

    @property
    def ends_s(self) -> int:
        return self.time_s + self.expire_s


def make(
    secret: str,
    sdk_app_id: int,
    identifier: str,
    time_s: int,
    expire_s: int = EXPIRE_DEFAULT_S,
    userbuf: bytes = b"",
) -> str:
    """A ticket. secret: the application's. userbuf: as section 10 lays it out, for room rights."""
    buffer = base64.b64encode(userbuf).decode()
    document: dict[str, Any] = {
        "TLS.ver": VERSION,
        "TLS.identifier": identifier,
        "TLS.sdkappid": sdk_app_id,
        "TLS.expire": expire_s,
        "TLS.time": time_s,
    }
    if buffer:
        document["TLS.userbuf"] = buffer
    document["TLS.sig"] = sign(secret, sdk_app_id, identifier, time_s, expire_s, buffer)
    packed = zlib.compress(json.dumps(document).encode())
    return base64.b64encode(packed).decode().translate(_TO_WIRE)


def sign(
    secret: str, sdk_app_id: int, identifier: str, time_s: int, expire_s: int, userbuf: str = ""
) -> str:
    """TLS.sig. userbuf: base64 text, "" for none."""
    lines = [
        f"TLS.identifier:{identifier}",
        f"TLS.sdkappid:{sdk_app_id}",
        f"TLS.time:{time_s}",
        f"TLS.expire:{expire_s}",
    ]
    if userbuf:
        lines.append(f"TLS.userbuf:{userbuf}")
    text = "".join(f"{line}\n" for line in lines)
    return base64.b64encode(hmac.digest(secret.encode(), text.encode(), hashlib.sha256)).decode()


def read(ticket: str) -> UserSig:
    """What a ticket says, without believing it. Raises ValueError when it is none."""
    if len(ticket) > _LONGEST:
        raise ValueError("too long")
    try:
        packed = base64.b64decode(ticket.translate(_FROM_WIRE), validate=True)
        unpacked = zlib.decompressobj().decompress(packed, _LONGEST)
        document = json.loads(unpacked)
        return UserSig(
            identifier=str(document["TLS.identifier"]),
            sdk_app_id=int(document["TLS.sdkappid"]),
            time_s=int(document["TLS.time"]),
            expire_s=int(document["TLS.expire"]),
            signature=str(document["TLS.sig"]),
            userbuf=str(document.get("TLS.userbuf", "")),
        )
    except (binascii.Error, zlib.error, KeyError, TypeError, RecursionError) as fault:
        raise ValueError("not a UserSig") from fault


def verify(ticket: str, secret: str, sdk_app_id: int, identifier: str, now_s: float) -> str:
    """Why this ticket does not let this user in, "" when it does.

    Never compare compressed bytes: two libraries compress the same ticket differently.
    """
    try:
        said = read(ticket)
    except ValueError:
        return "it cannot be read"
    expected = sign(
        secret, said.sdk_app_id, said.identifier, said.time_s, said.expire_s, said.userbuf
    )
    same = hmac.compare_digest(expected.encode(), said.signature.encode("utf-8", "replace"))
    if not (same and secret):
        return "it was signed with another key"
    if said.sdk_app_id != sdk_app_id:
        return "it belongs to another SdkAppId"
    if said.identifier != identifier:
        return "it belongs to another UserId"
    if said.ends_s <= now_s:
        return "it has expired"
    return ""
