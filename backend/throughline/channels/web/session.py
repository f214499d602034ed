"""One socket's conversation with us, as rules: frames and times in, effects out.

Pure: no sockets, no clock, no tasks. The shell (api/socket.py) runs the effects in order and feeds results back.
After a `Close` nothing comes out any more. Times are seconds of any monotonic clock.
"""

import json
from collections import deque
from collections.abc import Sequence

import msgspec
from msgspec import UNSET, Struct

from throughline.channels.web import wire
from throughline.channels.web.wire import Ack, Nack, Outgoing, Resume, SocketUser, Unreadable, Welcome
from throughline.conversation.faults import BAD_TEXT, UNKNOWN_CONVERSATION, Fault
from throughline.conversation.policy import Policy, check_id, check_text


class Bounds(Struct, frozen=True):
    """What one socket may do. Seconds and numbers."""

    hello_within: float = 5.0
    #: Bad frames in a window before the socket is closed.
    bad: int = 20
    bad_window: float = 10.0
    #: Frames of any kind: sustained a second, and at once.
    rate: float = 100.0
    burst: float = 200.0
    resumes: int = 200
    ping: int = 20


class Send(Struct, frozen=True):
    """Queue a frame."""

    frame: Outgoing


class Close(Struct, frozen=True):
    """Close the socket, after what was sent."""

    code: int
    reason: str


class SignIn(Struct, frozen=True):
    """Find out who this is; answer with `signed_in` or `turned_away`."""

    ticket: str | None
    token: str | None


class Renew(Struct, frozen=True):
    """Check a fresh token; answer with `renewed` or `turned_away`."""

    token: str


class TakeUp(Struct, frozen=True):
    """Resume these conversations, with one read."""

    resume: tuple[Resume, ...]


Asked = wire.Watch | wire.Unwatch | wire.Say | wire.Stop | wire.Bind | wire.Snap | wire.Typing | wire.Got | wire.Seen


class Do(Struct, frozen=True):
    """Carry out a frame of a signed-in client; its ids and its text can be kept."""

    frame: Asked


Effect = Send | Close | SignIn | Renew | TakeUp | Do
Effects = list[Effect]

_NO_SUCH_TYPE = "Say hello once, first."


class Session:
    """The state of one socket: not yet greeted, signing in, live, or closed."""

    def __init__(self, subprotocols: Sequence[str], now: float, bounds: Bounds) -> None:
        self._bounds = bounds
        self._speaks = wire.SUBPROTOCOL in subprotocols
        self._greeted = self._live = self._closed = self._renewing = False
        self._deadline: float | None = now + bounds.hello_within
        self._by_token = False
        self._resume: tuple[Resume, ...] = ()
        self._bad: deque[float] = deque()
        self._allowance, self._counted = bounds.burst, now

    @property
    def deadline(self) -> float | None:
        """When `tick` has to be called next; None: not before something else happens."""
        return None if self._closed else self._deadline

    @property
    def closed(self) -> bool:
        """Whether a Close came out."""
        return self._closed

    def opened(self) -> Effects:
        """The handshake is done."""
        return [] if self._speaks else self._close(wire.BAD_VERSION, f"ask for the subprotocol {wire.SUBPROTOCOL}")

    def tick(self, now: float) -> Effects:
        """Time has passed."""
        if self._closed or self._deadline is None or now < self._deadline:
            return []
        if self._greeted:
            return self._close(wire.SESSION_ENDED, "the token has ended")
        return self._close(wire.NO_HELLO, "no hello")

    def binary(self, now: float) -> Effects:
        """A frame that is not text."""
        del now
        return self._close(wire.NOT_TEXT, "text frames only")

    def text(self, data: str, now: float) -> Effects:
        """A text frame."""
        if self._closed:
            return []
        self._allowance = min(self._bounds.burst, self._allowance + (now - self._counted) * self._bounds.rate)
        self._counted = now
        if self._allowance < 1:
            return self._close(wire.FLOOD, "too many frames")
        self._allowance -= 1
        if _size(data) > wire.MAX_FRAME:
            return self._close(wire.TOO_BIG, "frame too big")
        match wire.read(data):
            case Unreadable() as unreadable:
                return self._unreadable(unreadable, data, now)
            case wire.Hello() as hello:
                return self._hello(hello, now)
            case wire.Auth() as auth:
                return self._auth(auth, now)
            case frame if self._live:
                return self._do(frame, now)
            case frame:
                return self._before_hello(frame, now)

    def signed_in(self, user: SocketUser, ends: float | None) -> Effects:
        """The answer to SignIn: who it is, and when its token ends."""
        if self._closed:
            return []
        self._live = True
        self._deadline = ends
        resume, self._resume = self._resume, ()
        effects: Effects = [Send(Welcome(user, self._bounds.ping))]
        if resume:
            effects.append(TakeUp(resume))
        return effects

    def renewed(self, ends: float) -> Effects:
        """The answer to Renew: it is the same user, until then."""
        self._renewing = False
        if not self._closed:
            self._deadline = ends
        return []

    def turned_away(self) -> Effects:
        """The answer to SignIn or Renew: not with this."""
        return self._close(wire.BAD_TICKET, "not signed in")

    def acked(self, id: str, c: str, seq: int) -> Effects:  # noqa: A002 - the frame's field
        """A frame with an id was carried out, durably."""
        return [] if self._closed else [Send(Ack(id, c, seq))]

    def refused(self, frame: wire.Incoming, fault: Fault, now: float) -> Effects:
        """A frame was refused. Asking for what is not there counts as a bad frame."""
        if self._closed:
            return []
        nack = _nack(frame, fault)
        return self._count_bad(nack, now) if fault.code == UNKNOWN_CONVERSATION.code else [Send(nack)]

    def ended(self) -> None:
        """The socket is closed from elsewhere: nothing comes out any more."""
        self._closed = True

    def _hello(self, hello: wire.Hello, now: float) -> Effects:
        if self._greeted:
            return self._count_bad(Nack("bad_frame", _NO_SUCH_TYPE, of="hello"), now)
        if (hello.ticket is UNSET) == (hello.token is UNSET):
            return self._count_bad(Nack("bad_frame", "Exactly one of `ticket` and `token`.", of="hello"), now)
        if len(hello.resume) > self._bounds.resumes:
            return self._count_bad(
                Nack("bad_frame", f"At most {self._bounds.resumes} to resume; watch the others.", of="hello"), now
            )
        self._greeted, self._deadline = True, None
        self._by_token = hello.token is not UNSET
        self._resume = tuple(r for r in hello.resume if check_id(r.c) is None)
        return [
            SignIn(
                ticket=None if hello.ticket is UNSET else hello.ticket,
                token=None if hello.token is UNSET else hello.token,
            )
        ]

    def _auth(self, auth: wire.Auth, now: float) -> Effects:
        if not self._live:
            return self._before_hello(auth, now)
        if not self._by_token or self._renewing:
            return self._count_bad(Nack("bad_frame", "This socket needs no token now.", of="auth"), now)
        self._renewing = True
        return [Renew(auth.token)]

    def _before_hello(self, frame: wire.Incoming, now: float) -> Effects:
        return self._count_bad(_nack(frame, Fault("no_hello", 401, "The first frame is hello.", "")), now)

    def _do(self, frame: wire.Incoming, now: float) -> Effects:
        if isinstance(frame, wire.Hello | wire.Auth):
            return []
        if check_id(frame.c) is not None:
            return self.refused(frame, UNKNOWN_CONVERSATION, now)
        bad = _unkeepable(frame)
        if bad is not None:
            return self._count_bad(_nack(frame, bad), now)
        return [Do(frame)]

    def _unreadable(self, unreadable: Unreadable, data: str, now: float) -> Effects:
        broken = _broken_say(data) if unreadable.code == "bad_json" and self._live else None
        if broken is not None:
            return self._count_bad(_nack(broken, BAD_TEXT), now)
        return self._count_bad(Nack(unreadable.code, unreadable.detail), now)

    def _count_bad(self, nack: Nack, now: float) -> Effects:
        while self._bad and self._bad[0] <= now - self._bounds.bad_window:
            self._bad.popleft()
        self._bad.append(now)
        if len(self._bad) > self._bounds.bad:
            return self._close(wire.FLOOD, "too many bad frames")
        return [Send(nack)]

    def _close(self, code: int, reason: str) -> Effects:
        if self._closed:
            return []
        self._closed = True
        return [Close(code, reason)]


def _nack(frame: wire.Incoming, fault: Fault) -> Nack:
    retry = UNSET if fault.retry_after is None else fault.retry_after
    detail = f"{fault.detail} {fault.hint}".strip()
    match frame:
        case wire.Say() | wire.Stop() | wire.Bind():
            known = check_id(frame.id) is None
            return Nack(
                fault.code, detail,
                id=frame.id if known else UNSET, of=UNSET if known else type(frame).__name__.lower(),
                c=_shown(frame.c), retry_after=retry,
            )  # fmt: skip
        case wire.Hello() | wire.Auth():
            return Nack(fault.code, detail, of=type(frame).__name__.lower(), retry_after=retry)
        case _:
            return Nack(fault.code, detail, of=type(frame).__name__.lower(), c=_shown(frame.c), retry_after=retry)


def _size(data: str) -> int:
    return len(data) if data.isascii() else len(data.encode("utf-8", "surrogatepass"))


def _shown(c: str) -> str | msgspec.UnsetType:
    """An id that can be one is given back; anything else is not."""
    return c if check_id(c) is None else UNSET


def _unkeepable(
    frame: (
        wire.Watch | wire.Unwatch | wire.Say | wire.Stop | wire.Bind | wire.Snap | wire.Typing | wire.Got | wire.Seen
    ),
) -> Fault | None:
    match frame:
        case wire.Say():
            # The tenant's own limit of characters is checked where the tenant is known.
            most = Policy(message_characters=wire.MAX_FRAME)
            return check_id(frame.id) or check_text(frame.text, most, alone=not frame.attachments)
        case wire.Stop():
            return check_id(frame.id) or check_id(frame.turn)
        case wire.Bind():
            return check_id(frame.id)
        case wire.Snap():
            return check_id(frame.message)
        case wire.Got() | wire.Seen() if not 0 <= frame.seq <= wire.MAX_SEQ:
            return Fault("bad_frame", 422, "A seq is a number from 0 to 2^53 - 1.", "")
        case _:
            return None


def _broken_say(data: str) -> wire.Say | None:
    """A `say` that is JSON but for lone surrogates, which our decoder refuses: its sender deserves to know which."""
    if "\\ud" not in data.lower():
        return None
    try:
        frame = msgspec.convert(json.loads(data), wire.Incoming)
    except (ValueError, msgspec.MsgspecError, RecursionError):
        return None
    return frame if isinstance(frame, wire.Say) else None
