"""STOP, START and HELP by text message: Twilio answers them itself and keeps to what was asked.

Source: "Twilio support for opt-out keywords (SMS STOP filtering)". WhatsApp has no such thing.
"""

from typing import Literal, NamedTuple

STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START = frozenset({"START", "YES", "UNSTOP"})
HELP = frozenset({"HELP", "INFO"})


class Wish(NamedTuple):
    """What a keyword asks for, and what Twilio answers in our name."""

    kind: Literal["STOP", "START", "HELP"]
    answer: str


def wish(text: str) -> Wish | None:
    """A keyword counts only where it is all of the text; capitals or not."""
    word = text.strip().upper()
    if word in STOP:
        return Wish(
            "STOP", "You have successfully been unsubscribed. You will not receive any more messages from this number."
            " Reply START to resubscribe.",
        )  # fmt: skip
    if word in START:
        return Wish(
            "START", "You have successfully been re-subscribed to messages from this number. Reply HELP for help."
            " Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
        )  # fmt: skip
    return Wish("HELP", "Reply STOP to unsubscribe. Msg&Data Rates May Apply.") if word in HELP else None
