"""Why a recording, or one command of it, does not go on."""

import errno

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Fault(Exception):
    """The recording is over. code: "disk_full", "encoder" or "internal"."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class Refusal(Exception):
    """A command that is not carried out; the recording goes on as before."""


def of_disk(cause: OSError) -> Fault:
    if cause.errno in _FULL:
        return Fault("disk_full", f"The disk takes no more: {cause.strerror}.")
    return Fault("internal", f"A file could not be written: {cause.strerror or cause}.")


def of_encoder(cause: Exception) -> Fault:
    return Fault("encoder", f"The encoder stopped: {cause}.")
