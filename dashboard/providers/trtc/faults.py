"""What TRTC says when it says no, which comes with the status 200. Source: trtc.md 2.3 and 5.

| code                                    | error               | outcome |
| --------------------------------------- | ------------------- | ------- |
| AuthFailure.*, UnauthorizedOperation.*  | CredentialsRejected | refused |
| InternalError.*                         | ProviderUnavailable | unknown |
| ResourceNotFound and its like           | Ended               | -       |
| any other                               | ProviderRefused     | refused |
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.domain.recording import Phase, RecordingSnapshot
from dashboard.errors import (
    CredentialsRejected,
    ProviderError,
    ProviderRefused,
    ProviderUnavailable,
    text,
)
from dashboard.protocols import trtc_errors
from dashboard.providers import faults
from dashboard.providers.base import AccountConfig
from dashboard.providers.transport import Answer, Transport

_AFTER_START = frozenset({"query", "stop", "set_layout", "set_subscription"})
_OF_THE_REQUEST = frozenset({"InvalidParameter", "MissingParameter", "UnknownParameter"})
_LONGEST_CODE = 100


@dataclass(frozen=True)
class Said:
    """code: "Level1" or "Level1.Level2"."""

    code: str
    words: str
    request_id: str | None

    @property
    def level(self) -> str:
        return self.code.partition(".")[0]


class Ended(Exception):
    """The task is over, and so is nothing that can be asked of it."""

    def __init__(self, fault: ProviderRefused) -> None:
        super().__init__(str(fault))
        self.fault = fault

    @property
    def snapshot(self) -> RecordingSnapshot:
        return RecordingSnapshot(
            Phase.GONE,
            vendor_status=self.fault.vendor_code,
            vendor_text=self.fault.vendor_text,
        )


def said_in(answer: Answer) -> Said | None:
    """The error in an answer, None where there is none that can be read."""
    response = (answer.body or {}).get("Response")
    error = response.get("Error") if isinstance(response, Mapping) else None
    code = error.get("Code") if isinstance(error, Mapping) else None
    if not isinstance(code, str) or not code.isprintable():
        return None
    request_id = response.get("RequestId")
    return Said(
        code[:_LONGEST_CODE],
        str(error.get("Message") or ""),
        request_id[:100] if isinstance(request_id, str) and request_id.isprintable() else None,
    )


def fault_of_answer(
    answer: Answer, transport: Transport, config: AccountConfig, operation: str
) -> ProviderError | Ended:
    """What to raise for an answer that is not the one we hoped for."""
    said = said_in(answer)
    if said is None:
        words = transport.quote(answer.content)
        return faults.fault_of(answer, faults.Said(None, words), None, config, operation)
    row = trtc_errors.find(said.code)
    kind, outcome = _kind_of(said)
    fault = kind(
        row.meaning
        if row
        else text("%(account)s refused (%(code)s).", account=config.name, code=said.code),
        vendor=config.vendor,
        operation=operation,
        http_status=answer.status,
        vendor_code=said.code,
        vendor_text=transport.quote(said.words) or None,
        request_id=said.request_id,
        retryable=bool(row and row.retry),
        outcome=outcome,
        remedy=row.remedy if row else None,
    )
    if row and row.ended and operation in _AFTER_START:
        return Ended(fault)
    return fault


def is_proof(fault: ProviderError) -> bool:
    """Whether a repeated start that was refused proves that the first began nothing.

    Only what is wrong with the very same words does; that there are too many recordings may
    be due to the first.
    """
    level = (fault.vendor_code or "").partition(".")[0]
    return level in _OF_THE_REQUEST and fault.vendor_code != trtc_errors.Code.USER_SIG


def _kind_of(said: Said) -> tuple[type[ProviderError], str]:
    if said.level in ("AuthFailure", "UnauthorizedOperation"):
        return CredentialsRejected, "refused"
    if said.level == "InternalError":
        return ProviderUnavailable, "unknown"
    return ProviderRefused, "refused"
