"""How much may be going on at one time: what is worked on, and the bytes that were read for it.

Over it somebody is sent away at once with 503 and Retry-After, before anything is verified, and before memory grows.
What has come whole is worked on or refused; a body that comes slowly costs its bytes and no place. Health is asked
without any of it.
"""

from throughline.conversation.faults import Fault

#: Requests that are worked on: what waits for a commit is among them, so this is also how long anybody waits.
WORKS = 512
#: When a webhook took so many seconds, those who come are sent away until only so many are worked on: who sends the
#: rest away has less time for what it keeps, and nobody's answer shall be late because of it.
LATE, FEW = 0.4, 64
#: Bytes of bodies that are being read or worked on. Large ones (files) have half of it: they never shut the door on
#: webhooks.
BODIES, LARGE = 134_217_728, 4_194_304
CROWDED = Fault(
    "busy", 503, "There is too much to do at this moment.", "Try again in a second or two.", retry_after=1,
    retryable=True,
)  # fmt: skip


class Room:
    """The count. Every `enter` that said True has one `leave`, and what was taken is given back."""

    __slots__ = ("_bodies", "_taken", "_took", "_works", "at_work")

    def __init__(self, works: int = WORKS, bodies: int = BODIES) -> None:
        self._works, self._bodies = works, bodies
        self.at_work = 0
        self._taken = 0
        #: Seconds that the last webhook took.
        self._took = 0.0

    @property
    def taken(self) -> int:
        """Bytes that are held."""
        return self._taken

    @property
    def full(self) -> bool:
        """Whether nobody else can be served now."""
        return self.at_work >= self._works or (self._took > LATE and self.at_work >= FEW)

    def enter(self) -> bool:
        """One more is worked on. False: there is no place."""
        if self.full:
            return False
        self.at_work += 1
        return True

    def leave(self, took: float | None = None) -> None:
        """It is answered. `took`: in so many seconds, where it says how late we are."""
        self.at_work -= 1
        if took is not None:
            self._took = took

    def take(self, size: int, most: int) -> bool:
        """Hold so many bytes of a body that may have `most`. False: too much is held already."""
        if self._taken + size > (self._bodies if most <= LARGE else self._bodies // 2):
            return False
        self._taken += size
        return True

    def give(self, size: int) -> None:
        """They are let go of."""
        self._taken -= size
