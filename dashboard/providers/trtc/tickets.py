"""What lets the recorder into a room: UserSig, and PrivateMapKey where rooms need one.

Source: trtc.md section 10; the form for rooms named by text is that of Tencent's own tools.
"""

import struct

from dashboard.domain.recording import RecordingSpec, RoomType
from dashboard.errors import CredentialsRejected, text
from dashboard.protocols import trtc_usersig
from dashboard.providers.base import AccountConfig, is_on

LIFE_S = 31 * 86_400
"""Longer than a recording can be steered: the vendor needs it again when it restores one."""
LISTENER = 42
"""Enter, receive sound, receive pictures."""


def user_sig(config: AccountConfig, spec: RecordingSpec, app: int, now_s: int) -> str:
    """Raises CredentialsRejected where the account has no key for it."""
    return trtc_usersig.make(_secret(config), app, spec.profile.recorder_uid, now_s, LIFE_S)


def private_map_key(config: AccountConfig, spec: RecordingSpec, app: int, now_s: int) -> str:
    """ "" unless the account says that its rooms need one."""
    if not is_on(config.credentials.get("room_rights", "")):
        return ""
    buffer = room_rights(
        spec.profile.recorder_uid,
        app,
        spec.channel,
        spec.profile.room_type is RoomType.NUMBER,
        now_s + LIFE_S,
    )
    uid = spec.profile.recorder_uid
    return trtc_usersig.make(_secret(config), app, uid, now_s, LIFE_S, buffer)


def room_rights(uid: str, app: int, room: str, is_number: bool, ends_s: int) -> bytes:
    """The userbuf. ends_s: seconds since 1970."""
    name = uid.encode()
    number = int(room) if is_number else 0
    fixed = struct.pack(">IIIII", app, number, ends_s, LISTENER, 0)
    head = struct.pack(">BH", 0 if is_number else 1, len(name)) + name
    if is_number:
        return head + fixed
    words = room.encode()
    return head + fixed + struct.pack(">H", len(words)) + words


def _secret(config: AccountConfig) -> str:
    secret = config.credentials.get("app_secret", "")
    if not secret:
        raise CredentialsRejected(
            text(
                "The account has no key to make UserSigs with, so its recorder is let in nowhere."
            ),
            vendor=config.vendor,
            operation="start",
            remedy=text("Add the application's secret key to the account."),
        )
    return secret
