"""Dialogues with a session, without a socket: `say(frame)` goes in, `heard(...)` is what came out.

dialogue(p) >> frame << effects
"""

import json
from typing import Any

from throughline.channels.web.session import Bounds, Close, Effects, Send, Session, SignIn
from throughline.channels.web.wire import Nack, SocketUser

USER = SocketUser("u1", "person", "customer", "Maya")


class Dialogue:
    """A session, the time, and what has come out since it was last asked."""

    def __init__(self, bounds: Bounds | None = None, subprotocols: tuple[str, ...] = ("throughline.v1",)) -> None:
        self.now = 1000.0
        self.session = Session(subprotocols, self.now, bounds or Bounds())
        self.out: Effects = list(self.session.opened())

    def __rshift__(self, frame: dict[str, Any] | str) -> "Dialogue":
        """The client sends."""
        self.out += self.session.text(frame if isinstance(frame, str) else json.dumps(frame), self.now)
        return self

    def __lshift__(self, expected: Any) -> "Dialogue":
        """All that has come out is exactly this: one effect or a list of them."""
        assert self.out == (expected if isinstance(expected, list) else [expected])
        self.out = []
        return self

    def passes(self, seconds: float) -> "Dialogue":
        """Time."""
        self.now += seconds
        self.out += self.session.tick(self.now)
        return self

    def live(self, ends: float | None = None, **hello: Any) -> "Dialogue":
        """Greeted and signed in."""
        self >> ({"t": "hello"} | (hello or {"ticket": "T"}))
        assert isinstance(self.out.pop(), SignIn)
        self.out += self.session.signed_in(USER, ends)
        return self

    def nacks(self) -> list[tuple[str, str | None]]:
        """Codes and ids of all that came out, which is nacks only."""
        out, self.out = self.out, []
        nacks = [e.frame for e in out if isinstance(e, Send) and isinstance(e.frame, Nack)]
        assert len(nacks) == len(out), out
        return [(nack.code, nack.id if isinstance(nack.id, str) else None) for nack in nacks]

    def close(self) -> int:
        """The one close that came out last."""
        closes = [e.code for e in self.out if isinstance(e, Close)]
        assert len(closes) == 1
        assert isinstance(self.out[-1], Close)
        self.out = []
        return closes[0]
