"""All open sockets: how many there may be, whose they are, and how they are sent away."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from throughline import observe
from throughline.channels.web import wire
from throughline.conversation.ids import SessionId
from throughline.conversation.records import Caller

Whose = tuple[str, str]


class Socket(Protocol):
    """What the register needs of one socket."""

    def close(self, code: int, reason: str) -> None:
        """Close it, once."""

    def goodbye(self, after_ms: int) -> None:
        """Send `bye` and close it with 4000."""


class Sockets:
    """The register. `most` sockets altogether, `each` of one user."""

    def __init__(self, *, most: int = 18_000, each: int = 50) -> None:
        self._most, self._each = most, each
        self._open: set[Socket] = set()
        self._of_session: dict[SessionId, set[Socket]] = {}
        self._of_user: dict[Whose, int] = {}
        self._draining = False

    def __len__(self) -> int:
        return len(self._open)

    @property
    def draining(self) -> bool:
        """Whether everyone is being sent away."""
        return self._draining

    def welcomes(self) -> bool:
        """Whether another socket may be opened."""
        return not self._draining and len(self._open) < self._most

    def enter(self, socket: Socket) -> None:
        """A socket is open; nobody knows yet whose."""
        self._open.add(socket)
        observe.connections(1)

    def signed_in(self, socket: Socket, caller: Caller) -> bool:
        """It is this caller's. False: the user has too many already, it is not kept under the caller."""
        whose = (caller.tenant, caller.user)
        count = self._of_user.get(whose, 0)
        if count >= self._each:
            return False
        self._of_user[whose] = count + 1
        self._of_session.setdefault(caller.session, set()).add(socket)
        return True

    def leave(self, socket: Socket, caller: Caller | None) -> None:
        """It is gone; `caller` is whose it was, if `signed_in` said True."""
        self._open.discard(socket)
        observe.connections(-1)
        if caller is None:
            return
        whose = (caller.tenant, caller.user)
        self._of_user[whose] -= 1
        if not self._of_user[whose]:
            del self._of_user[whose]
        mine = self._of_session[caller.session]
        mine.discard(socket)
        if not mine:
            del self._of_session[caller.session]

    def close_session(self, session: SessionId, code: int = wire.REVOKED) -> int:
        """Close a session's sockets at once: 4501 when it was revoked, 4003 when it ended. How many there were."""
        sockets = tuple(self._of_session.get(session, ()))
        for socket in sockets:
            socket.close(code, "signed out" if code == wire.REVOKED else "the session has ended")
        return len(sockets)

    async def drain(
        self, sleep: Callable[[float], Awaitable[None]], *, window: float = 2.0, spread: float = 5.0, steps: int = 20
    ) -> None:
        """Send everyone away over `window` seconds; they come back over `spread` seconds, evenly. Nobody enters."""
        self._draining = True
        sockets = tuple(self._open)
        for step in range(steps if sockets else 0):
            for place in range(step, len(sockets), steps):
                sockets[place].goodbye(int(place / len(sockets) * spread * 1000))
            await sleep(window / steps)
