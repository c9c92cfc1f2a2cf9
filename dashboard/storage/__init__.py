"""Reading, and checking, what was recorded."""

from dashboard.domain.recording import StorageTarget
from dashboard.errors import InvalidInput, Problem, text
from dashboard.storage.base import Store
from dashboard.storage.local import LocalStore


def store_for(target: StorageTarget) -> Store:
    """The store behind a target. Raises InvalidInput where we cannot read that kind."""
    if target.kind == "local" and target.folder:
        return LocalStore(target.folder, target.bucket)
    raise InvalidInput(
        [Problem("storage", text("Recordings in a store of kind %(kind)s cannot be read yet.",
                                 kind=target.kind))]
    )  # fmt: skip
