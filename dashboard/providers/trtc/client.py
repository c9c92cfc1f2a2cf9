"""TRTC's account: four signed calls to one address.

A handle is {"mode", "channel", "recorder_uid", "room_type", "prefix", "prepared_s"} once
prepared, and has a "task_id", and a "folder" called so, once its start was answered; "library"
where files go to the media library.

**How a lost answer to a start is settled.** The vendor has no call that finds a task without
its TaskId. An account with a studio is asked there. Otherwise the first callback names the
task; if none comes for SETTLE_AFTER_S, the very same start is sent again. The recorder's id
can be in a room once: a second start takes the place of the first (302, LeaveCode 101), so
that at the end there is one recording, or none.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from dashboard.domain.recording import (
    Mode,
    Phase,
    RecordingHandle,
    RecordingSnapshot,
    RecordingSpec,
    StorageTarget,
)
from dashboard.domain.subscription import Subscription
from dashboard.errors import (
    CredentialsRejected,
    ProviderError,
    ProviderRefused,
    ProviderUnavailable,
    Unsupported,
    text,
)
from dashboard.layouts.document import Layout
from dashboard.protocols import trtc_tc3
from dashboard.protocols.trtc import (
    CREATE,
    DELETE,
    DESCRIBE,
    MODIFY,
    REGION,
    SERVICE,
    VERSION,
    channel_of,
)
from dashboard.protocols.trtc_errors import BACK_OFF_S
from dashboard.providers.base import AccountConfig, Gate
from dashboard.providers.limits import refuse_what_cannot_be
from dashboard.providers.studio import StudioClient
from dashboard.providers.transport import Answer, Transport
from dashboard.providers.trtc import payloads, tickets
from dashboard.providers.trtc.abilities import CAPABILITIES
from dashboard.providers.trtc.faults import Ended, fault_of_answer, is_proof, said_in

READ_S = 6.0
"""Section 1: how long the vendor may take for a call."""
SETTLE_AFTER_S = 20


def make(
    config: AccountConfig, gate: Gate | None = None, studio: StudioClient | None = None
) -> "TrtcClient":
    return TrtcClient(config, gate, studio=studio)


class TrtcClient:
    """A RecordingProvider for one account. sleep, now: the passing of time, in seconds."""

    def __init__(
        self,
        config: AccountConfig,
        gate: Gate | None = None,
        *,
        studio: StudioClient | None = None,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.capabilities = replace(CAPABILITIES, studio=config.studio)
        self._config = config
        self._transport = Transport(config, gate, self._sign)
        self._studio = studio
        self._sleep = sleep
        self._now = now

    def prepare(self, spec: RecordingSpec) -> RecordingHandle:
        """Asks nobody: the recorder's id is ours to choose, and what lets it in is made here."""
        refuse_what_cannot_be(spec, self.capabilities, self._config.vendor)
        self._create_body(spec)
        handle = {
            "mode": spec.profile.mode.value,
            "channel": spec.channel,
            "recorder_uid": spec.profile.recorder_uid,
            "room_type": spec.profile.room_type.value,
            "prefix": "/".join(spec.storage.prefix),
            "prepared_s": str(int(self._now())),
        }
        return {**handle, "library": "1"} if spec.storage.kind == payloads.LIBRARY else handle

    def start(self, spec: RecordingSpec, handle: RecordingHandle) -> RecordingHandle:
        body = self._create_body(spec)
        answer = self._send("start", CREATE, body)
        for pause_s in BACK_OFF_S:
            said = said_in(answer)
            if said is None or not said.code.startswith("InternalError"):
                break
            self._sleep(pause_s)
            answer = self._send("start", CREATE, body)
        return self._started("start", answer, handle)

    def settle(self, spec: RecordingSpec, handle: RecordingHandle) -> RecordingHandle | None:
        if handle.get("task_id"):
            return dict(handle)
        task_id = self._task_in_studio(handle)
        if task_id:
            return {**handle, **payloads.named(task_id)}
        if self._now() - int(handle.get("prepared_s", "0")) < SETTLE_AFTER_S:
            raise self._not_known_yet()
        try:
            return self._started("settle", self._send("settle", CREATE, self._create_body(spec)),
                                 handle)  # fmt: skip
        except ProviderError as fault:
            if not is_proof(fault):
                fault.outcome = "unknown"
            raise

    def query(self, handle: RecordingHandle) -> RecordingSnapshot:
        try:
            response = self._ask("query", DESCRIBE, self._task_body("query", handle))
        except Ended as ended:
            return ended.snapshot
        return payloads.snapshot_of(response, handle)

    def set_layout(self, handle: RecordingHandle, layout: Layout, spec: RecordingSpec) -> None:
        if handle["mode"] != Mode.MIX:
            raise Unsupported(
                text("Single people are recorded without a layout."),
                vendor=self._config.vendor,
                operation="set_layout",
            )
        self._modify("set_layout", handle, layout, spec.profile.subscription, spec)

    def set_subscription(
        self, handle: RecordingHandle, subscription: Subscription, spec: RecordingSpec
    ) -> None:
        self._modify("set_subscription", handle, spec.profile.layout, subscription, spec)

    def renew_storage(self, handle: RecordingHandle, storage: StorageTarget) -> None:
        raise Unsupported(
            text("This store takes no temporary keys."),
            vendor=self._config.vendor,
            operation="renew_storage",
        )

    def stop(self, handle: RecordingHandle) -> RecordingSnapshot:
        try:
            self._ask("stop", DELETE, self._task_body("stop", handle))
        except Ended as ended:
            return ended.snapshot
        return RecordingSnapshot(Phase.FINISHING)

    def close(self) -> None:
        self._transport.close()

    # ------------------------------------------------------------ helpers

    def _modify(
        self,
        operation: str,
        handle: RecordingHandle,
        layout: Layout,
        subscription: Subscription,
        spec: RecordingSpec,
    ) -> None:
        task_id = self._task_body(operation, handle)["TaskId"]
        body = payloads.modify_body(self._app, task_id, layout, subscription, spec.profile)
        try:
            self._ask(operation, MODIFY, body)
        except Ended as ended:
            raise ended.fault from None

    def _create_body(self, spec: RecordingSpec) -> Mapping[str, Any]:
        now_s = int(self._now())
        ticket = tickets.user_sig(self._config, spec, self._app, now_s)
        rights = tickets.private_map_key(self._config, spec, self._app, now_s)
        self._transport.hide(spec.storage.secret_key, ticket, rights)
        return payloads.create_body(spec, self._app, ticket, rights)

    def _task_body(self, operation: str, handle: RecordingHandle) -> dict[str, Any]:
        if not handle.get("task_id"):
            raise ProviderRefused(
                text("The vendor has not named this recording yet."),
                vendor=self._config.vendor,
                operation=operation,
                retryable=True,
            )
        return payloads.task_body(self._app, handle["task_id"])

    def _started(self, operation: str, answer: Answer, handle: RecordingHandle) -> RecordingHandle:
        task_id = self._response(operation, answer).get("TaskId")
        if not isinstance(task_id, str) or not 0 < len(task_id) <= 200 or not task_id.isprintable():
            raise fault_of_answer(answer, self._transport, self._config, operation)
        return {**handle, **payloads.named(task_id)}

    def _ask(self, operation: str, action: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """A call that may be repeated. Raises Ended where the task is over."""
        return self._response(operation, self._send(operation, action, body, repeatable=True))

    def _response(self, operation: str, answer: Answer) -> Mapping[str, Any]:
        found = (answer.body or {}).get("Response")
        if answer.status != 200 or not isinstance(found, Mapping) or "Error" in found:
            raise fault_of_answer(answer, self._transport, self._config, operation)
        return found

    def _send(self, operation: str, action: str, body: Mapping[str, Any], **how) -> Answer:
        headers = {
            "X-TC-Action": action,
            "X-TC-Version": VERSION,
            "X-TC-Region": self._config.credentials.get("region") or REGION,
        }
        how.setdefault("read_s", READ_S)
        return self._transport.call(operation, "POST", "/", body, headers=headers, **how)

    def _sign(self, host: str, raw: bytes) -> Mapping[str, str]:
        keys, now_s = self._config.credentials, int(self._now())
        signed = {"content-type": "application/json", "host": host}
        authorization = trtc_tc3.authorization(
            keys.get("secret_id", ""), keys.get("secret_key", ""), now_s, SERVICE, signed, raw
        )
        return {"Host": host, "Authorization": authorization, "X-TC-Timestamp": str(now_s)}

    @property
    def _app(self) -> int:
        if not self._config.app_id.isdecimal():
            raise CredentialsRejected(
                text("The SdkAppId of the account must be a number."),
                vendor=self._config.vendor,
                operation="prepare",
            )
        return int(self._config.app_id)

    def _task_in_studio(self, handle: RecordingHandle) -> str | None:
        if self._studio is None:
            return None
        kind = payloads.ROOM_TYPES[handle["room_type"]]
        return self._studio.find(channel_of(handle["channel"], kind), handle["recorder_uid"])

    def _not_known_yet(self) -> ProviderUnavailable:
        return ProviderUnavailable(
            text("The vendor has not told yet whether the recording runs."),
            vendor=self._config.vendor,
            operation="settle",
            retryable=True,
            outcome="unknown",
        )
