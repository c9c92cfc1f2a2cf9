"""The dialect that Agora speaks and anyRTC shares: acquire, start, query, update(Layout), stop.

A handle is {"resource_id", "mode", "channel", "recorder_uid"} once prepared, and has a
"sid" once its start was answered.

**How a lost answer to a start is settled.** The vendor takes the same resource only once:
start it again and it answers either 200 with the sid (it had not begun; now it has) or
201 with code 7 and no sid (it has begun). In the second case the sid comes with the first
callback, or from the account's studio if it has one. Either way there is one recording.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol
from urllib.parse import quote

from dashboard.domain.recording import (
    Mode,
    Phase,
    RecordingHandle,
    RecordingSnapshot,
    RecordingSpec,
    StorageTarget,
    Streams,
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
from dashboard.protocols.agora import PATH
from dashboard.protocols.agora_errors import Code
from dashboard.providers.agora import readings
from dashboard.providers.answers import message_of, name_in, response_of, unwrapped
from dashboard.providers.base import AccountConfig, Capabilities, Gate
from dashboard.providers.faults import Explained, Said, fault_of
from dashboard.providers.limits import refuse_what_cannot_be
from dashboard.providers.studio import StudioClient
from dashboard.providers.transport import Answer, Transport

START_READ_S = 20.0
START_PAUSES_S = (3.0, 5.0)
"""Between tries of a start that is "not completed". The vendor asks for 3 and 6 s; an operator
is waiting, so we give up after 8 and leave the rest to `settle`."""

_CALLS = {
    "prepare": "acquire",
    "start": "start",
    "settle": "start",
    "query": "query",
    "set_layout": "updateLayout",
    "set_subscription": "update",
    "renew_storage": "update",
    "stop": "stop",
}
ENDINGS = {
    Code.WORKER_NOT_FOUND: Phase.GONE,
    Code.INVALID_OPERATION: Phase.FINISHING,  # stopped before, still closing
    Code.EXITING: Phase.FINISHING,
    50: Phase.FINISHING,  # the upload takes longer than the vendor waits
    Code.NO_DATA: Phase.ENDED,  # nobody ever published: nothing was recorded
}
"""What a query or stop answered with one of these codes tells of the recording."""


class Payloads(Protocol):
    """One vendor's bodies: functions of a module."""

    def acquire_body(self, spec: RecordingSpec) -> Mapping[str, Any]: ...
    def start_body(self, spec: RecordingSpec, token: str = "") -> Mapping[str, Any]: ...
    def storage_body(
        self, handle: RecordingHandle, storage: StorageTarget
    ) -> Mapping[str, Any]: ...
    def layout_body(self, channel: str, uid: str, layout: Layout) -> Mapping[str, Any]: ...
    def stop_body(self, channel: str, uid: str) -> Mapping[str, Any]: ...
    def subscription_body(
        self, handle: RecordingHandle, subscription: Subscription, streams: Streams
    ) -> Mapping[str, Any]: ...


TokenFor = Callable[[AccountConfig, str, str], str]
"""(account, channel, uid) -> what lets the recorder in, "" where nothing is needed."""

Explain = Callable[[str, int, int | None, str], Explained | None]
"""(call, HTTP status, code, words) -> what the vendor's pages say of it."""


class CloudRecordingClient:
    """A RecordingProvider for one account. sleep: how to pass time between tries."""

    def __init__(
        self,
        config: AccountConfig,
        gate: Gate | None,
        *,
        payloads: Payloads,
        explain: Explain,
        capabilities: Capabilities,
        studio: StudioClient | None = None,
        token_for: TokenFor | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.capabilities = capabilities
        self._config = config
        self._transport = Transport(config, gate)
        self._payloads = payloads
        self._explain = explain
        self._studio = studio
        self._token_for = token_for
        self._sleep = sleep
        self._root = PATH.format(app_id=quote(config.app_id, safe=""))

    def prepare(self, spec: RecordingSpec) -> RecordingHandle:
        refuse_what_cannot_be(spec, self.capabilities, self._config.vendor)
        self._token(spec)  # what cannot be made is told before anything is reserved
        body = self._payloads.acquire_body(spec)
        try:
            answer = self._send("prepare", "/acquire", body, repeatable=True)
            resource = name_in(answer, "resourceId", most=4096)
            if answer.status != 200 or not resource:
                raise self._fault("prepare", answer)
        except ProviderError as fault:
            fault.outcome = "refused"  # a resource that nobody starts is nothing
            raise
        return {
            "resource_id": resource,
            "mode": spec.profile.mode.value,
            "channel": spec.channel,
            "recorder_uid": spec.profile.recorder_uid,
        }

    def start(self, spec: RecordingSpec, handle: RecordingHandle) -> RecordingHandle:
        answer = self._send_start("start", spec, handle)
        began = time.monotonic()
        for pause_s in START_PAUSES_S:
            late = time.monotonic() - began > sum(START_PAUSES_S)
            if late or self._said(answer).code != Code.NOT_COMPLETED:
                break
            self._sleep(pause_s)
            answer = self._send_start("start", spec, handle)
        return self._started("start", answer, handle)

    def settle(self, spec: RecordingSpec, handle: RecordingHandle) -> RecordingHandle | None:
        if handle.get("sid"):
            return dict(handle)
        if not handle.get("resource_id"):
            return None
        try:
            return self._started("settle", self._send_start("settle", spec, handle), handle)
        except ProviderError as fault:
            return self._settled_by(fault, handle)

    def query(self, handle: RecordingHandle) -> RecordingSnapshot:
        path = self._path("query", handle)
        answer = self._send("query", path, None, repeatable=True)
        response = response_of(answer)
        if answer.status == 200 and response is not None:
            return readings.snapshot_of_query(response)
        return self._closing("query", answer)

    def set_layout(self, handle: RecordingHandle, layout: Layout, spec: RecordingSpec) -> None:
        if handle["mode"] != Mode.MIX:
            raise Unsupported(
                text("Single people are recorded without a layout."),
                vendor=self._config.vendor,
                operation="set_layout",
            )
        body = self._payloads.layout_body(handle["channel"], handle["recorder_uid"], layout)
        path = self._path("updateLayout", handle, operation="set_layout")
        answer = self._send("set_layout", path, body, repeatable=True)
        if not _is_yes(answer):
            raise self._fault("set_layout", answer)

    def set_subscription(
        self, handle: RecordingHandle, subscription: Subscription, spec: RecordingSpec
    ) -> None:
        body = self._payloads.subscription_body(handle, subscription, spec.profile.streams)
        self._update("set_subscription", handle, body)

    def renew_storage(self, handle: RecordingHandle, storage: StorageTarget) -> None:
        self._transport.hide(storage.secret_key, storage.sts_token)
        self._update("renew_storage", handle, self._payloads.storage_body(handle, storage))

    def _update(self, operation: str, handle: RecordingHandle, body: Mapping[str, Any]) -> None:
        path = self._path("update", handle, operation=operation)
        answer = self._send(operation, path, body, repeatable=True)
        if not _is_yes(answer):
            raise self._fault(operation, answer)

    def stop(self, handle: RecordingHandle) -> RecordingSnapshot:
        body = self._payloads.stop_body(handle["channel"], handle["recorder_uid"])
        answer = self._send("stop", self._path("stop", handle), body, repeatable=True)
        if _is_yes(answer):
            return readings.snapshot_of_stop(response_of(answer) or {})
        return self._closing("stop", answer)

    def close(self) -> None:
        self._transport.close()

    def _send_start(self, operation: str, spec: RecordingSpec, handle: RecordingHandle) -> Answer:
        """Never repeated by the transport: whoever calls decides with the answer in hand."""
        resource, mode = quote(handle["resource_id"], safe=""), quote(handle["mode"], safe="")
        path = f"/resourceid/{resource}/mode/{mode}/start"
        token = self._token(spec)
        storage = spec.storage
        secrets = (storage.secret_key, storage.sts_token, spec.encryption_secret, token)
        self._transport.hide(*secrets)
        body = self._payloads.start_body(spec, token)
        return self._send(operation, path, body, read_s=START_READ_S)

    def _token(self, spec: RecordingSpec) -> str:
        if self._token_for is None:
            return ""
        return self._token_for(self._config, spec.channel, spec.profile.recorder_uid)

    def _started(self, operation: str, answer: Answer, handle: RecordingHandle) -> RecordingHandle:
        sid = name_in(answer, "sid", most=128)
        if answer.status in (200, 201) and sid:
            return {**handle, "sid": sid}
        if self._said(answer).code == Code.STARTED_ALREADY:
            sid = self._sid_in_studio(handle)
            if sid:
                return {**handle, "sid": sid}
            raise self._unnamed(operation, answer)
        raise self._fault(operation, answer)

    def _settled_by(self, fault: ProviderError, handle: RecordingHandle) -> RecordingHandle | None:
        """What the answer to a repeated start proves of the first one; raises if it proves nothing.

        Only the service itself, speaking of this very resource with a code, can prove that the
        first start began nothing. That we cannot reach it now, or may not ask, proves nothing.
        """
        is_proof = fault.outcome == "refused" and fault.vendor_code is not None
        if not is_proof or isinstance(fault, CredentialsRejected):
            fault.outcome = "unknown"
            raise fault
        if fault.vendor_code == str(Code.TASK_CONFLICT):
            raise fault  # somebody else's recording is in the way, so ours never began
        # a service that lost its memory of resources may still be recording from ours
        sid = self._sid_in_studio(handle)
        if sid:
            return {**handle, "sid": sid}
        if fault.vendor_code == str(Code.RESOURCE_EXPIRED):
            return None
        raise fault

    def _sid_in_studio(self, handle: RecordingHandle) -> str | None:
        if self._studio is None:
            return None
        return self._studio.find(handle["channel"], handle["recorder_uid"])

    def _unnamed(self, operation: str, answer: Answer) -> ProviderUnavailable:
        return ProviderUnavailable(
            text("The recording runs, but the vendor has not told its name yet."),
            vendor=self._config.vendor,
            operation=operation,
            http_status=answer.status,
            vendor_code=self._said(answer).vendor_code,
            vendor_text=self._said(answer).words,
            request_id=answer.request_id,
            retryable=True,
            outcome="unknown",
        )

    def _closing(self, operation: str, answer: Answer) -> RecordingSnapshot:
        """Read the answers that say, as an error, where in its end a recording is."""
        said = self._said(answer)
        if said.code not in ENDINGS:
            raise self._fault(operation, answer)
        return RecordingSnapshot(
            phase=ENDINGS[said.code], vendor_status=said.vendor_code, vendor_text=said.words
        )

    def _send(self, operation: str, path: str, body: Mapping[str, Any] | None, **how) -> Answer:
        method = "GET" if body is None else "POST"
        return unwrapped(self._transport.call(operation, method, self._root + path, body, **how))

    def _path(self, call: str, handle: RecordingHandle, operation: str = "") -> str:
        if not handle.get("sid"):
            raise ProviderRefused(
                text("The vendor has not named this recording yet."),
                vendor=self._config.vendor,
                operation=operation or call,
                retryable=True,
            )
        parts = (quote(handle[name], safe="") for name in ("resource_id", "sid", "mode"))
        return "/resourceid/{}/sid/{}/mode/{}/".format(*parts) + call

    def _said(self, answer: Answer) -> Said:
        body = message_of(answer) or {}
        words = body.get("reason") or body.get("message")
        code = readings.whole_number(body.get("code"))
        return Said(code, self._transport.quote(str(words) if words else answer.content))

    def _fault(self, operation: str, answer: Answer) -> ProviderError:
        said = self._said(answer)
        explained = None
        if answer.status >= 300 or said.code is not None:
            explained = self._explain(_CALLS[operation], answer.status, said.code, said.words)
        return fault_of(answer, said, explained, self._config, operation)


def _is_yes(answer: Answer) -> bool:
    """An empty body says nothing: something in between has answered in the vendor's place."""
    return answer.status == 200 and bool(answer.body)
