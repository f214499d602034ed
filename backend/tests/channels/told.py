"""Receipts as providers tell them: twice, out of order, late, of nobody; and what a row is after them."""

from msgspec import Struct

from throughline.conversation.events import DeliveryState


class Told(Struct, frozen=True):
    """A row in a state, what is told of it, and its state then."""

    name: str
    was: DeliveryState
    receipts: tuple[DeliveryState, ...]
    becomes: DeliveryState

    @property
    def known(self) -> bool:
        """Whether the provider's id was known before."""
        return self.was in {"accepted", "passed"}


TOLD: tuple[Told, ...] = (
    Told("as it should be", "accepted", ("delivered", "read"), "read"),
    Told("each twice", "accepted", ("delivered", "delivered", "read", "read"), "read"),
    Told("read before delivered", "accepted", ("read", "delivered"), "read"),
    Told("sent after delivered", "accepted", ("delivered", "accepted"), "delivered"),
    Told("before the answer to the send", "sending", ("delivered",), "delivered"),
    Told("the echo of a send in doubt", "ambiguous", ("accepted",), "accepted"),
    Told("the echo twice", "ambiguous", ("accepted", "accepted"), "accepted"),
    Told("delivered, of a send in doubt", "ambiguous", ("delivered",), "delivered"),
    Told("refused, of a send in doubt; no other channel", "ambiguous", ("refused",), "dead"),
    Told("refused after it was taken; no other channel", "accepted", ("refused",), "dead"),
    Told("refused twice; no other channel", "accepted", ("refused", "refused"), "dead"),
    Told("refused after it was delivered", "accepted", ("delivered", "refused"), "delivered"),
    Told("delivered after it was refused", "accepted", ("refused", "delivered"), "delivered"),
    Told("an echo after it was given up", "dead", ("accepted",), "accepted"),
    Told("delivered after it was given up", "dead", ("delivered",), "delivered"),
    Told("delivered after it went by another channel", "passed", ("delivered",), "delivered"),
)
