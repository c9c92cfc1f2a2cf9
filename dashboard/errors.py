"""Every fault this product can name, drawn as one tree.

DashboardError
├── InvalidInput        a form or layout that cannot be taken; lists every problem   422
├── NotFound            there is no such thing, or not for this person              404
├── Forbidden           this person's role does not reach                           403
├── Conflict            state forbids it, already running, stale version            409
├── TooManyAttempts     slow down                                                   429
├── StoreUnavailable    the database is locked, full or away                        503
├── StorageFault        a store of recorded files is away or does not let us in     502
├── ProviderError       something between us and a vendor                           502
│   ├── ProviderRefused        the vendor said no                                   502
│   ├── CredentialsRejected    the vendor does not accept our key                   502
│   ├── ProviderUnavailable    no answer, or not one we can use                     503
│   └── Unsupported            the vendor has no way to say this                    422
├── CallbackRejected    bad signature, too old, unreadable                          403 / 400 / 413
└── EngineError         launch, source, encoder, disk                               500
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Text:
    """A sentence for a person, not translated yet: an English template and its values.

    Templates take values as ``%(name)s``. The web translates the template first
    and fills it afterwards (the ``say`` filter); ``str()`` gives the English.
    """

    template: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template % self.values if self.values else self.template


def text(template: str, **values: object) -> Text:
    """Mark an English sentence for translation (the extractor looks for this name)."""
    return Text(template, values)


@dataclass(frozen=True)
class Problem:
    """One thing wrong with what was typed.

    where: the field's name, dotted for parts of a layout ("regions.2.width"), "" for the whole.
    """

    where: str
    what: Text


class DashboardError(Exception):
    """The root. `message` is shown to a person, `status` is the HTTP answer."""

    status = 500

    def __init__(self, message: Text | str) -> None:
        self.message = message if isinstance(message, Text) else Text(message)
        super().__init__(str(self.message))


class InvalidInput(DashboardError):
    status = 422

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems[0].what if self.problems else text("Not valid."))

    def by_field(self) -> dict[str, list[Text]]:
        found: dict[str, list[Text]] = {}
        for problem in self.problems:
            found.setdefault(problem.where, []).append(problem.what)
        return found


class NotFound(DashboardError):
    status = 404


class Forbidden(DashboardError):
    status = 403


class Conflict(DashboardError):
    """State forbids it. `recording_id` names the recording in the way, where there is one."""

    status = 409

    def __init__(self, message: Text | str, recording_id: int | None = None) -> None:
        super().__init__(message)
        self.recording_id = recording_id


class TooManyAttempts(DashboardError):
    status = 429

    def __init__(self, message: Text | str, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class StoreUnavailable(DashboardError):
    """Nothing was kept; the same may be tried again."""

    status = 503


class StorageFault(DashboardError):
    """A store of recorded files does not answer, or does not let us.

    refused: it said no, and will again until something is changed. code, words: its own.
    """

    status = 502

    def __init__(
        self, message: Text | str, *, code: str = "", words: str = "", refused: bool = True
    ) -> None:
        super().__init__(message)
        self.code, self.words, self.refused = code, words, refused


class ProviderError(DashboardError):
    """A vendor call that did not do what was asked.

    outcome: "refused" when we know nothing was started or changed; "unknown" when
        the answer was lost, so that it may have been.
    vendor_code, vendor_text: the vendor's own words, always shown beside ours.
    remedy: what the operator can do, where we know.
    """

    status = 502
    outcome: Literal["refused", "unknown"] = "refused"

    def __init__(
        self,
        message: Text | str,
        *,
        vendor: str,
        operation: str,
        http_status: int | None = None,
        vendor_code: str | None = None,
        vendor_text: str | None = None,
        request_id: str | None = None,
        retryable: bool = False,
        outcome: Literal["refused", "unknown"] | None = None,
        remedy: Text | None = None,
    ) -> None:
        super().__init__(message)
        self.vendor = vendor
        self.operation = operation
        self.http_status = http_status
        self.vendor_code = vendor_code
        self.vendor_text = vendor_text
        self.request_id = request_id
        self.retryable = retryable
        self.outcome = outcome or type(self).outcome
        self.remedy = remedy

    @property
    def advice(self) -> Text:
        """What happened, and what to do about it where we know."""
        if self.remedy is None:
            return self.message
        return text("%(what)s %(remedy)s", what=self.message, remedy=self.remedy)


class ProviderRefused(ProviderError):
    pass


class CredentialsRejected(ProviderError):
    pass


class ProviderUnavailable(ProviderError):
    status = 503
    outcome = "unknown"


class Unsupported(ProviderError):
    status = 422


class CallbackRejected(DashboardError):
    """A callback that is not taken. `reason` is a short fixed word for counting."""

    status = 403

    def __init__(self, message: Text | str, reason: str, status: int = 403) -> None:
        super().__init__(message)
        self.reason = reason
        self.status = status


class EngineError(DashboardError):
    pass
