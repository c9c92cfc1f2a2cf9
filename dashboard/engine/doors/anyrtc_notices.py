"""What happened to a task, in the words of anyRTC's callbacks.

Source: agora-anyrtc.md section 14: Agora's events, fewer of them, in an envelope of its own.
"""

import json
from collections.abc import Mapping
from typing import Any

from dashboard.engine.apps import App
from dashboard.engine.doors import agora_notices
from dashboard.engine.tasks import Happening, Task
from dashboard.protocols.agora_events import EVENTS
from dashboard.protocols.signatures import ANYRTC_HEADER, sha1_signature


def describe(task: Task, happening: Happening) -> dict[str, Any] | None:
    """As Agora's; None also for events that this vendor does not have."""
    notice = agora_notices.describe(task, happening)
    if notice is None or not EVENTS[notice["eventType"]].anyrtc:
        return None
    payload = dict(notice["payload"])
    del payload["serviceScene"]
    payload["details"] = json.dumps(payload["details"], separators=(",", ":"))
    return {**notice, "payload": payload}


def envelope(notice: Mapping[str, Any], sent_ms: int, app: App) -> tuple[bytes, dict[str, str]]:
    """Body and headers of a notice at the time of sending; signed anew each time."""
    document = {
        "noticeID": notice["noticeId"],
        "productId": notice["productId"],
        "eventType": notice["eventType"],
        "notifyMs": sent_ms,
        "payload": notice["payload"],
    }
    body = json.dumps(document, separators=(",", ":")).encode()
    signature = sha1_signature(app.callback_secret, body)
    return body, {"Content-Type": "application/json", ANYRTC_HEADER: signature}
