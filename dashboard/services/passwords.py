"""Passwords: how they are checked, and how many at once.

argon2id with 19 MiB, two passes, one lane: 25 ms here. At most two run side by side and
eight wait; otherwise ten sign-ins a second would take the machine from the recordings.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from dashboard.errors import Problem, TooManyAttempts, text

SHORTEST = 8
LONGEST = 400
AT_ONCE = 2
WAITING = 8

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_places = threading.BoundedSemaphore(AT_ONCE + WAITING)
_running = threading.BoundedSemaphore(AT_ONCE)

_FAMOUS = """
12345678 123456789 1234567890 12345678910 87654321 11223344 password password1 password12
password123 password1234 passw0rd passw0rd123 qwertyui qwerty123 qwertyuiop qwerty12345 sunshine
princess football iloveyou iloveyou12 administrator letmein1234 welcome123 changeme changeme123
tallydeck tallydeck123 abcdefgh abcdefghij 1q2w3e4r 1q2w3e4r5t
"""
_TOO_COMMON = frozenset(_FAMOUS.split())


def hashed(password: str) -> str:
    with _place():
        return _hasher.hash(password)


def verify(password_hash: str | None, password: str) -> bool:
    """Takes equally long for a person who does not exist: None is checked against a dummy."""
    with _place():
        try:
            _hasher.verify(password_hash or _nobodys(), password)
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None


def problems(password: str, email: str, where: str = "password") -> list[Problem]:
    """What is wrong with a new password. Long is all we ask for, and not a famous one."""
    if len(password) < SHORTEST:
        return [Problem(where, text("Use at least %(n)s characters.", n=SHORTEST))]
    if len(password) > LONGEST:
        return [Problem(where, text("Use at most %(n)s characters.", n=LONGEST))]
    lowered = password.lower()
    if lowered in _TOO_COMMON or lowered == email or len(set(password)) < 4:
        return [Problem(where, text("This password is too easy to guess."))]
    return []


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody has this password")


@contextmanager
def _place() -> Iterator[None]:
    if not _places.acquire(blocking=False):
        raise TooManyAttempts(text("Too many sign-ins at once. Try again."), retry_after_s=2)
    try:
        with _running:
            yield
    finally:
        _places.release()
