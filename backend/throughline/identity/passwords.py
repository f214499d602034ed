"""Passwords: argon2id, off the event loop, few at a time, and as slow for a stranger as for a user.

Parameters are OWASP's (Password Storage Cheat Sheet): 46 MiB, one pass, one lane; about 40 ms of one core.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

#: Bytes of UTF-8; longer ones are refused unread, so that nobody makes us hash megabytes.
MAX_BYTES = 1024


class TooBusy(Exception):  # noqa: N818 - it is a state, not a mistake
    """More sign-ins wait than we can hash soon. Answer 503."""


class Passwords:
    """Hash and verify, `at_once` in parallel and at most `waiting` in line."""

    def __init__(self, at_once: int = 2, waiting: int = 64, *, memory_kib: int = 47_104) -> None:
        self._argon = PasswordHasher(time_cost=1, memory_cost=memory_kib, parallelism=1)
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="argon2")
        self._room = at_once + waiting
        self._inside = 0
        self._dummy = self._argon.hash("nobody has this password")

    def hash_now(self, password: str) -> str:
        """A new hash, in the calling thread: for the command line. Raises ValueError for one that is too long."""
        if not fits(password):
            raise ValueError(f"A password may have {MAX_BYTES} bytes.")
        return self._argon.hash(password)

    async def verify(self, known: str | None, password: str) -> bool:
        """Whether `password` belongs to the hash `known`; None takes as long and is always False.

        Raises TooBusy instead of queueing without end.
        """
        if self._inside >= self._room:
            raise TooBusy
        self._inside += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, partial(self._verify, known, password))
        finally:
            self._inside -= 1

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _verify(self, known: str | None, password: str) -> bool:
        usable = fits(password)
        try:
            matches = self._argon.verify(known or self._dummy, password if usable else "")
        except (VerificationError, InvalidHashError, UnicodeError):
            return False
        return matches and usable and known is not None


def fits(password: str) -> bool:
    """Whether it is short enough to be hashed, and text that can be encoded."""
    try:
        return len(password) <= MAX_BYTES and len(password.encode()) <= MAX_BYTES
    except UnicodeEncodeError:
        return False
