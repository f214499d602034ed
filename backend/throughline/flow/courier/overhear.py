"""Overhear: the courier as one more reader of a conversation, so that a channel shows what is being written."""

import asyncio

import msgspec
from msgspec import UNSET, Struct

from throughline.conversation import utf16
from throughline.conversation.events import EventFrame, Message, Said, TurnEnded
from throughline.conversation.frames import Batch, Frame
from throughline.conversation.ids import MessageId, Topic, TurnId
from throughline.ports import Live


class _Snapshot(Struct, frozen=True):
    message: MessageId
    attempt: int
    text: str


_event = msgspec.json.Decoder(EventFrame)
_snapshot = msgspec.json.Decoder(_Snapshot)


class Telling:
    """One message as it is heard: its text under its newest attempt, then its final words, or that there are none."""

    def __init__(self, message: MessageId, turn: TurnId) -> None:
        self.message, self.turn = message, turn
        self.attempt = 0
        self.text = ""
        self.final: Message | None = None
        #: The turn ended without a message.
        self.over = False
        #: Something may have become of the row elsewhere.
        self.look = False
        self.moved = asyncio.Event()
        self.closed = asyncio.Event()
        #: More of it is in the log, or it is over, or something may have become of the row.
        self.spoken = asyncio.Event()
        self._units = 0

    @property
    def ended(self) -> bool:
        """Nothing more will be said."""
        return self.final is not None or self.over

    def set(self, attempt: int, text: str) -> None:
        """The whole text so far."""
        if attempt > self.attempt or (attempt == self.attempt and len(text) > len(self.text)):
            self.attempt, self.text, self._units = attempt, text, utf16.length(text)
            self.moved.set()

    def add(self, attempt: int, at: int, text: str) -> bool:
        """More of it, at a UTF-16 offset. False: what is before it is not known."""
        if attempt < self.attempt:
            return True
        have = self._units if attempt == self.attempt else 0
        if at > have:
            return False
        new = utf16.after(text, have - at)
        if attempt > self.attempt:
            self.attempt, self.text, self._units = attempt, "", 0
        if new:
            self.text += new
            self._units += utf16.length(new)
            self.moved.set()
        return True

    def end(self, final: Message | None) -> None:
        """The log's last word: the message, or that there will be none."""
        self.final, self.over = final, final is None
        self.closed.set()
        self.moved.set()
        self.spoken.set()


class Overhear:
    """A Sink on one conversation. `nudge` is set by every event."""

    def __init__(self, live: Live, topic: Topic) -> None:
        self._live, self._topic = live, topic
        self._tellings: dict[MessageId, Telling] = {}
        self.nudge = asyncio.Event()
        live.subscribe(topic, "person", self)

    def follow(self, message: MessageId, turn: TurnId) -> Telling:
        """Hear a message from now on, with what has been said of it already."""
        telling = self._tellings[message] = Telling(message, turn)
        self._catch_up(telling)
        return telling

    def forget(self, message: MessageId) -> None:
        """No more of it."""
        self._tellings.pop(message, None)

    def close(self) -> None:
        """Leave."""
        self._live.unsubscribe(self._topic, self)

    def offer(self, frame: Frame) -> None:
        """One frame of the conversation."""
        if frame.delta is not None:
            message, attempt, at, text = frame.delta
            telling = self._tellings.get(message)
            if telling is not None and not telling.add(attempt, at, text):
                self._catch_up(telling)
        elif frame.seq:
            self.nudge.set()
            if self._tellings:
                self._event(frame)
        elif self._tellings and frame.text.startswith(b'{"t":"snapshot"'):
            said = _snapshot.decode(frame.text)
            if (telling := self._tellings.get(said.message)) is not None:
                telling.set(said.attempt, said.text)

    def offer_all(self, batch: Batch) -> None:
        """Several."""
        for frame in batch.frames:
            self.offer(frame)

    def _event(self, frame: Frame) -> None:
        event = _event.decode(frame.text)
        if event.kind == "message":
            message = msgspec.json.decode(event.body, type=Message)
            if (telling := self._tellings.get(message.id)) is not None:
                telling.end(message)
        elif event.kind == "turn_ended":
            over = msgspec.json.decode(event.body, type=TurnEnded)
            for telling in self._tellings.values():
                if telling.turn == over.turn and over.message is UNSET and not telling.ended:
                    telling.end(None)
        elif event.kind == "said":
            if (telling := self._tellings.get(msgspec.json.decode(event.body, type=Said).message)) is not None:
                telling.spoken.set()
        elif event.kind in {"bound", "delivery"}:
            for telling in self._tellings.values():
                telling.look = True
                telling.moved.set()
                telling.spoken.set()

    def _catch_up(self, telling: Telling) -> None:
        for text in self._live.open_texts(self._topic):
            if text.message == telling.message:
                telling.set(text.attempt, text.text)
