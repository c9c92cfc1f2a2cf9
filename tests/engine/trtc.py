"""An engine that speaks TRTC, called as its clients do: signed JSON at one address.

with TrtcReceiver() as receiver, trtc_engine(tmp_path, receiver.url) as engine:
    engine.join("*8801", "anna")
    task_id = engine.create()["TaskId"]
    receiver.wait_for(307, task_id)
"""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from dashboard.protocols import trtc_tc3, trtc_usersig
from dashboard.protocols.trtc import CREATE, DELETE, DESCRIBE, MODIFY, VERSION
from tests.engine.harness import CallbackReceiver, Delivery, EngineProcess, wait_until

APP = 1_400_000_001
SECRET_ID, SECRET_KEY = "AKIDlocal", "localSecretKeyExample0001"
APP_SECRET = "0123456789abcdef" * 4
ROBOT = "rec_8801_a"
SMALL = {"Width": 320, "Height": 180, "Fps": 10, "BitRate": 200_000, "Gop": 2}
BUCKET = {
    "Vendor": 0, "Region": "ap-shanghai", "Bucket": "rec-1250000000",
    "AccessKey": "AKIDEXAMPLE", "SecretKey": "a-storage-secret",
}  # fmt: skip


def user_sig(user: str = ROBOT, app: int = APP, secret: str = APP_SECRET, **more: Any) -> str:
    return trtc_usersig.make(secret, app, user, more.pop("time_s", int(time.time())), **more)


def create_request(room: str = "8801", robot: str = ROBOT, **changes: Any) -> dict[str, Any]:
    """A CreateCloudRecording for a small picture. changes: members of it, RecordParams merged."""
    record = {"RecordMode": 2, "MaxIdleTime": 30, **changes.pop("RecordParams", {})}
    request = {
        "SdkAppId": APP,
        "RoomId": room,
        "UserId": robot,
        "UserSig": user_sig(robot),
        "RecordParams": record,
        "StorageParams": {"CloudStorage": BUCKET},
        "MixTranscodeParams": {"VideoParams": SMALL},
        **changes,
    }
    return {name: value for name, value in request.items() if value is not None}


def vod(**members: Any) -> dict[str, Any]:
    """StorageParams that send files to the library."""
    return {"CloudVod": {"TencentVod": members}}


@dataclass
class TrtcDelivery:
    """One callback of TRTC's as it came in."""

    delivery: Delivery

    @property
    def headers(self) -> dict[str, str]:
        return self.delivery.headers

    @property
    def raw(self) -> bytes:
        return self.delivery.raw

    @property
    def body(self) -> dict[str, Any]:
        return self.delivery.body

    @property
    def event(self) -> int:
        return self.body["EventType"]

    @property
    def info(self) -> dict[str, Any]:
        return self.body["EventInfo"]

    @property
    def payload(self) -> dict[str, Any]:
        return self.info["Payload"]


class TrtcReceiver(CallbackReceiver):
    """Of the callbacks of all tasks."""

    def of(self, task_id: str) -> list[TrtcDelivery]:
        all_of_them = map(TrtcDelivery, list(self.deliveries))
        return [one for one in all_of_them if one.info["TaskId"] == task_id]

    def events(self, task_id: str) -> list[int]:
        return [one.event for one in self.of(task_id)]

    def wait_for(self, event: int, task_id: str, limit_s: float = 20.0) -> TrtcDelivery:
        def found() -> TrtcDelivery | None:
            return next((one for one in self.of(task_id) if one.event == event), None)

        return wait_until(found, limit_s, f"callback {event}")


@dataclass
class TrtcEngine(EngineProcess):
    """Its first app is Agora's; TRTC's is the one that these calls are about."""

    def __post_init__(self) -> None:
        self.callback_secret = "LocalCbKey01"  # noqa: S105
        self.tune = {"trtc_rate_per_s": 100_000, **self.tune}
        self.settings = {
            "TRTC_SDK_APP_ID": str(APP),
            "TRTC_SECRET_ID": SECRET_ID,
            "TRTC_SECRET_KEY": SECRET_KEY,
            "TRTC_APP_SECRET": APP_SECRET,
            "TRTC_CALLBACK_URL": self.callback_url,
            **self.settings,
        }

    def studio(self, path: str, body: Any = None, method: str = "GET", **more: Any):
        """The same interface as Agora's app has, for this one."""
        address = f"{self.url}/studio/v1/apps/{APP}{path}"
        auth = (SECRET_ID, SECRET_KEY)
        return requests.request(method, address, json=body, auth=auth, timeout=10, **more)

    def act(self, action: str, document: Any, **changes: Any) -> requests.Response:
        """One call. changes: raw, key, timestamp, secret_id, headers."""
        raw = changes.get("raw", json.dumps(document).encode())
        timestamp = changes.get("timestamp", int(time.time()))
        signed = {"content-type": "application/json", "host": f"127.0.0.1:{self.port}"}
        authorization = trtc_tc3.authorization(
            changes.get("secret_id", SECRET_ID),
            changes.get("key", SECRET_KEY),
            timestamp,
            "trtc",
            signed,
            changes.get("signed_raw", raw),
        )
        headers = {
            "Content-Type": signed["content-type"],
            "Authorization": authorization,
            "X-TC-Action": action,
            "X-TC-Version": VERSION,
            "X-TC-Timestamp": str(timestamp),
            **changes.get("headers", {}),
        }
        return requests.post(f"{self.url}/", data=raw, headers=headers, timeout=20)

    def ask(self, action: str, document: Any, **changes: Any) -> dict[str, Any]:
        """Response of a call, which has to have status 200 and the one type that clients take."""
        answer = self.act(action, document, **changes)
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"] == "application/json"
        return answer.json()["Response"]

    def code(self, action: str, document: Any, **changes: Any) -> str:
        """Of the error that a call is answered with."""
        response = self.ask(action, document, **changes)
        assert set(response) == {"Error", "RequestId"}, response
        assert set(response["Error"]) == {"Code", "Message"}
        return response["Error"]["Code"]

    def create(self, room: str = "8801", robot: str = ROBOT, **changes: Any) -> str:
        """TaskId of a new recording."""
        response = self.ask(CREATE, create_request(room, robot, **changes))
        assert set(response) == {"TaskId", "RequestId"}, response
        return response["TaskId"]

    def describe(self, task_id: str) -> dict[str, Any]:
        return self.ask(DESCRIBE, {"SdkAppId": APP, "TaskId": task_id})

    def modify(self, task_id: str, **members: Any) -> dict[str, Any]:
        return self.ask(MODIFY, {"SdkAppId": APP, "TaskId": task_id, **members})

    def delete(self, task_id: str) -> dict[str, Any]:
        return self.ask(DELETE, {"SdkAppId": APP, "TaskId": task_id})

    def status(self, task_id: str) -> str:
        """As Describe says, "" once there is nothing to describe."""
        return self.describe(task_id).get("Status", "")

    def stored(self, task_id: str, *folders: str) -> Path:
        """The folder of a recording in its bucket."""
        return self.data.joinpath("buckets", BUCKET["Bucket"], *folders, task_id)


def trtc_engine(folder: Path, callback_url: str = "", **tune: Any) -> TrtcEngine:
    return TrtcEngine(folder, callback_url, tune=tune)


def assert_typical(events: list[int]) -> None:
    """The order of a mixed recording with an MP4 (trtc.md section 9).

    A short one has its first index stored about when the recorder leaves.
    """
    assert [event for event in events if event != 304] == [301, 303, 307, 302, 305, 310]
    assert 2 < events.index(304) < events.index(305)
    assert events.count(304) == 1
