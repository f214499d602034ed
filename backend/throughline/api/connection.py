"""One open socket: runs what its session decides, and is the Reader of what its user watches."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import msgspec
from msgspec import Struct

from throughline import observe
from throughline.api import inbox
from throughline.api.lanes import Lanes
from throughline.api.marks import Marks
from throughline.api.sockets import Sockets
from throughline.channels.web import session as core
from throughline.channels.web import wire
from throughline.channels.web.session import Close, Do, Effects, Renew, Send, Session, SignIn, TakeUp
from throughline.conversation import utf16
from throughline.conversation.events import Entry, event_frame
from throughline.conversation.faults import BUSY, UNKNOWN_CONVERSATION, Fault
from throughline.conversation.frames import Frame, OpenText
from throughline.conversation.ids import ConversationId, MessageId, Topic
from throughline.conversation.records import Acked, Caller
from throughline.flow import watch
from throughline.flow.watch import Position, Watch
from throughline.live import queue
from throughline.live.flush import Flush
from throughline.live.framing import frame
from throughline.live.queue import Pipe, Queue
from throughline.ports import Clock, Live, Store, StoreDown

_NOT_OPEN = Fault("not_open", 409, "This message is not being written.", "Its text is in the log.")
#: Seconds between two `typing` frames of one socket that are passed on.
_TYPING_EVERY = 0.5


class SocketNeeds(Struct, frozen=True, kw_only=True):
    """What sockets need from the other rooms; `app.py` fills it in. Verbs may raise StoreDown."""

    #: Whose ticket this is; it is used up.
    redeem: Callable[[str], Caller | None]
    #: Whose token this is, and until when (UTC ms).
    verify: Callable[[str], tuple[Caller, int] | None]
    #: caller, conversation, id, text, attachments
    say: Callable[[Caller, str, str, str, list[str]], Awaitable[Acked | Fault]]
    #: caller, conversation, turn
    stop: Callable[[Caller, str, str], Awaitable[Acked | Fault]]
    #: caller, conversation, channel, identity, id
    bind: Callable[[Caller, str, str, str | None, str], Awaitable[Acked | Fault]]
    #: caller, conversation, got, seen
    mark: Callable[[Caller, str, int, int], Awaitable[Fault | None]]
    store: Store
    live: Live
    flush: Flush
    #: live/memory.py's: an open text as a frame.
    snapshot: Callable[[Topic, MessageId], Frame | None]
    sockets: Sockets
    clock: Clock
    #: Exact origins that a browser may come from, our own among them.
    origins: frozenset[str]
    session_bounds: core.Bounds = core.Bounds()
    queue_bounds: queue.Bounds = queue.Bounds()
    watch_bounds: watch.Bounds = watch.Bounds()
    #: Frames of one socket that may be worked on; then it is not read from until one is done.
    in_flight: int = 16


class Connection:
    """The shell around one Session. Everything runs on the event loop."""

    __slots__ = (
        "_caller",
        "_lanes",
        "_marks",
        "_needs",
        "_queue",
        "_session",
        "_timer",
        "_typed",
        "_watch",
        "offer",
        "offer_all",
    )

    def __init__(self, needs: SocketNeeds, pipe: Pipe, subprotocols: list[str]) -> None:
        self._needs = needs
        self._queue = Queue(pipe, needs.flush, needs.snapshot, needs.queue_bounds)
        # Live frames go straight to the queue: see flow/watch.py's Reader.
        self.offer, self.offer_all = self._queue.offer, self._queue.offer_all
        self._session = Session(subprotocols, needs.clock.monotonic(), needs.session_bounds)
        self._lanes = Lanes(needs.in_flight)
        self._caller: Caller | None = None
        self._watch: Watch | None = None
        self._marks: Marks | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._typed = 0.0

    # What the door calls.

    def opened(self) -> None:
        """The handshake is done."""
        self._needs.sockets.enter(self)
        self._perform(self._session.opened())

    def received(self, text: str | None) -> None:
        """A frame came; None: not a text one."""
        now = self._needs.clock.monotonic()
        self._perform(self._session.binary(now) if text is None else self._session.text(text, now))

    async def ready(self) -> bool:
        """Return when the next frame may be read. False: there will be none."""
        await self._lanes.room()
        return not self._queue.ended

    def gone(self) -> None:
        """The socket is no more."""
        self._session.ended()
        self._queue.close(1000)
        if self._timer is not None:
            self._timer.cancel()
        if self._watch is not None:
            self._watch.close()
        if self._caller is not None:
            for topic in inbox.inboxes(self._caller):
                self._needs.live.unsubscribe(topic, self._queue)
        self._needs.sockets.leave(self, self._caller)

    # What the register calls.

    def close(self, code: int, reason: str) -> None:
        """Close it; nothing is sent after that."""
        self._session.ended()
        self._queue.close(code, reason)

    def goodbye(self, after_ms: int) -> None:
        """Send `bye` and close."""
        self._offer(wire.Bye("drain", after_ms))
        self.close(wire.DRAIN, "the server is going away; come back")

    # What the watch calls: see flow/watch.py's Reader.

    def watching(self, conversation: ConversationId, head: int, after: int, *, recovered: bool) -> None:
        """What follows, and from where."""
        self._offer(wire.Watching(conversation, self._needs.store.epoch, head, after, recovered))

    def entry(self, entry: Entry) -> None:
        """An event out of the log."""
        if self._caller is not None:
            text = event_frame(entry, self._caller.viewer)
            self._queue.offer(frame(text, (entry.tenant, entry.conversation), entry.seq))

    def open_text(self, topic: Topic, text: OpenText) -> None:
        """A message that is being written."""
        self._offer(wire.Snapshot(topic[1], text.message, text.attempt, utf16.length(text.text), text.text))

    async def room(self) -> None:
        """Wait for the queue."""
        await self._queue.room()

    def start_over(self) -> None:
        """Let the client come back."""
        self.close(wire.START_OVER, "come back and resume")

    # Effects.

    def _perform(self, effects: Effects) -> None:
        for effect in effects:
            match effect:
                case Send(out):
                    self._offer(out)
                case Close(code, reason):
                    self._queue.close(code, reason)
                case SignIn():
                    self._sign_in(effect)
                case Renew(token):
                    self._renew(token)
                case TakeUp(resume):
                    self._lanes.add("", partial(self._take_up, resume))
                case Do(asked):
                    self._do(asked)
        self._wait_for(self._session.deadline)

    def _offer(self, out: wire.Outgoing) -> None:
        self._queue.offer(frame(wire.write(out)))

    def _wait_for(self, deadline: float | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if deadline is not None:
            wait = max(0.0, deadline - self._needs.clock.monotonic())
            self._timer = asyncio.get_running_loop().call_later(wait, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self._perform(self._session.tick(self._needs.clock.monotonic()))

    def _sign_in(self, asked: SignIn) -> None:
        ends: float | None = None
        if asked.ticket is not None:
            caller = self._needs.redeem(asked.ticket)
        else:
            known = self._needs.verify(asked.token or "")
            caller = known[0] if known is not None else None
            ends = self._until(known[1]) if known is not None else None
        if caller is None:
            self._perform(self._session.turned_away())
            return
        if not self._needs.sockets.signed_in(self, caller):
            self.close(wire.FLOOD, "too many sockets of one user")
            return
        self._caller = caller
        needs = self._needs
        self._watch = Watch(caller, needs.store, needs.live, self, observe.spawn, needs.watch_bounds)
        for topic in inbox.inboxes(caller):
            needs.live.subscribe(topic, caller.viewer, self._queue)
        user = wire.SocketUser(caller.user, caller.viewer, caller.role, caller.name)
        self._perform(self._session.signed_in(user, ends))

    def _renew(self, token: str) -> None:
        known = self._needs.verify(token)
        same = known is not None and known[0] == self._caller
        effects = self._session.renewed(self._until(known[1])) if known and same else self._session.turned_away()
        self._perform(effects)

    def _until(self, ends: int) -> float:
        return self._needs.clock.monotonic() + (ends - self._needs.clock.now()) / 1000

    def _do(self, asked: wire.Incoming) -> None:
        watch_, caller = self._watch, self._caller
        if watch_ is None or caller is None:
            return
        match asked:
            case wire.Say():
                self._lanes.add(asked.c, partial(self._answered, asked, partial(self._say, caller, asked)))
            case wire.Stop():
                self._lanes.add(asked.c, partial(self._answered, asked, partial(self._stop, caller, asked)))
            case wire.Bind():
                self._lanes.add(asked.c, partial(self._answered, asked, partial(self._bind, caller, asked)))
            case wire.Watch():
                self._lanes.add(asked.c, partial(self._answered, asked, partial(self._follow, watch_, asked)))
            case wire.Unwatch():
                self._lanes.add(asked.c, partial(self._leave, watch_, asked))
            case wire.Snap():
                self._lanes.add(asked.c, partial(self._snap, watch_, caller, asked))
            case wire.Typing():
                self._typing(watch_, caller, asked)
            case wire.Got():
                self._mark(asked, asked.seq, 0)
            case wire.Seen():
                self._mark(asked, asked.seq, asked.seq)

    def _refuse(self, asked: wire.Incoming, fault: Fault) -> None:
        self._perform(self._session.refused(asked, fault, self._needs.clock.monotonic()))

    # Work in lanes.

    async def _answered(self, asked: wire.Incoming, work: Callable[[], Awaitable[Fault | None]]) -> None:
        """Do it; a refusal, the store's included, becomes a `nack`. What is not known to be durable is never acked."""
        try:
            fault = await work()
        except StoreDown:
            fault = BUSY
        if fault is not None:
            self._refuse(asked, fault)

    async def _say(self, caller: Caller, asked: wire.Say) -> Fault | None:
        return self._acked(asked.id, await self._needs.say(caller, asked.c, asked.id, asked.text, asked.attachments))

    async def _stop(self, caller: Caller, asked: wire.Stop) -> Fault | None:
        return self._acked(asked.id, await self._needs.stop(caller, asked.c, asked.turn))

    async def _bind(self, caller: Caller, asked: wire.Bind) -> Fault | None:
        identity = None if asked.identity is msgspec.UNSET else asked.identity
        return self._acked(asked.id, await self._needs.bind(caller, asked.c, asked.channel, identity, asked.id))

    def _acked(self, id: str, answer: Acked | Fault) -> Fault | None:  # noqa: A002 - the frame's field
        if isinstance(answer, Fault):
            return answer
        self._perform(self._session.acked(id, answer.conversation, answer.seq))
        return None

    async def _follow(self, watch_: Watch, asked: wire.Watch) -> Fault | None:
        if self._queue.ended:
            return None
        after = None if asked.after is msgspec.UNSET else asked.after
        return await watch_.follow(ConversationId(asked.c), after)

    async def _leave(self, watch_: Watch, asked: wire.Unwatch) -> None:
        watch_.leave(ConversationId(asked.c))

    async def _snap(self, watch_: Watch, caller: Caller, asked: wire.Snap) -> None:
        topic = (caller.tenant, ConversationId(asked.c))
        if watch_.sink(topic[1]) is None:
            self._refuse(asked, UNKNOWN_CONVERSATION)
            return
        found = self._needs.snapshot(topic, MessageId(asked.message))
        if found is None:
            self._refuse(asked, _NOT_OPEN)
        else:
            self._queue.offer(found)

    async def _take_up(self, resume: tuple[wire.Resume, ...]) -> None:
        if self._watch is None or self._queue.ended:
            return
        try:
            refused = await self._watch.take_up([Position(ConversationId(r.c), r.epoch, r.seq) for r in resume])
        except StoreDown:
            refused = [(ConversationId(r.c), BUSY) for r in resume]
        for conversation, fault in refused:
            self._refuse(wire.Watch(conversation), fault)

    # At once.

    def _typing(self, watch_: Watch, caller: Caller, asked: wire.Typing) -> None:
        sink = watch_.sink(ConversationId(asked.c))
        if sink is None:
            self._refuse(asked, UNKNOWN_CONVERSATION)
            return
        now = self._needs.clock.monotonic()
        if now - self._typed < _TYPING_EVERY:
            return
        self._typed = now
        text = wire.write(wire.TypingFrame(asked.c, caller.name, caller.viewer))
        self._needs.live.tell((caller.tenant, ConversationId(asked.c)), text, but=sink)

    def _mark(self, asked: wire.Got | wire.Seen, got: int, seen: int) -> None:
        if self._marks is None:
            self._marks = Marks(self._write_mark, self._needs.clock.sleep)
        if not self._marks.note(asked.c, got, seen):
            self._refuse(asked, BUSY)

    async def _write_mark(self, conversation: str, got: int, seen: int) -> None:
        caller = self._caller
        if caller is None:
            return
        try:
            fault = await self._needs.mark(caller, conversation, got, seen)
        except StoreDown:
            fault = BUSY
        if fault is not None:
            asked = wire.Seen(conversation, seen) if seen else wire.Got(conversation, got)
            self._refuse(asked, fault)
        elif seen:
            inbox.tell_seen(self._needs.live, caller, conversation, seen, but=self._queue)
