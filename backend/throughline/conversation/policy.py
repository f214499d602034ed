"""What a tenant allows, and the pure checks that hold a message against it."""

import re
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from throughline.conversation.faults import BAD_ID, BAD_TEXT, EMPTY, UNKNOWN_FILE, Fault, too_long, too_many_files
from throughline.conversation.files import MOST_FILES


class Policy(Struct, frozen=True):
    """A tenant's limits. The defaults are the product's; a tenant's own stand in its row."""

    messages_per_minute: int = 30
    messages_per_day: int = 100
    message_characters: int = 2_000
    requests_per_minute: int = 600
    #: Messages that members and programs may begin on other channels, together.
    sends_per_minute: int = 60
    #: Tries of a send that surely did not reach anybody after which its account counts as failing; the pause after the
    #: first of them, in milliseconds, doubled with each (a provider's own word goes first).
    retries: int = 3
    retry_ms: int = 1_000
    #: Seconds for which a message is tried on a channel that does not take it, before it goes by another one; and for
    #: which a message on the web waits for one of the person's own tabs.
    failover_after: float = 30.0
    unseen_after: float = 30.0
    #: Seconds for which a message is tried where there is no other channel, before it is given up.
    give_up_after: float = 3_600.0
    #: What becomes of a message that may have arrived, once nothing more can be learned of it: it goes by another
    #: channel, is sent there again (which may double it), or waits for a member to say.
    doubt: Literal["failover", "resend", "hold"] = "failover"
    #: Channels to go on by where the person has no order of their own; those that are not named come after, by name.
    fallback: tuple[str, ...] = ("slack", "telegram", "whatsapp", "gmail", "sms", "web")
    #: Hours without a message after which a message on a channel without threads begins a new conversation; 0: never.
    idle_hours: float = 24.0
    #: The language-neutral words that end a turn which failed.
    failure_text: str = "I could not finish that answer. Please try again in a moment."

    @property
    def counts(self) -> bool:
        """Whether it matters how much somebody writes: nobody keeps count of what has no limit."""
        return bool(self.messages_per_minute or self.messages_per_day)


_ID = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")


def check_id(given: str) -> Fault | None:
    """Whether a client's id can be a key: 1 to 64 letters, digits, dashes and underscores."""
    return None if _ID.match(given) else BAD_ID


def check_text(text: str, policy: Policy, *, alone: bool = True) -> Fault | None:
    """Whether a person's words can be kept as they are; where they are not `alone`, there need be none."""
    if alone and not text.strip():
        return EMPTY
    if _UNKEEPABLE.search(text):
        return BAD_TEXT
    if len(text) > policy.message_characters:
        return too_long(policy.message_characters)
    return None


def check_attachments(names: Sequence[str]) -> Fault | None:
    """Whether these can be files of one message."""
    if len(names) > MOST_FILES:
        return too_many_files(MOST_FILES)
    return UNKNOWN_FILE if len(set(names)) < len(names) or any(check_id(name) for name in names) else None


def wait_for(recent: tuple[int, ...], limit: int, window_ms: int, now: int) -> float | None:
    """Seconds until one more fits into `limit` a window, or None if it fits now.

    `recent` holds their times, oldest first; a limit of 0 is no limit.
    """
    if limit == 0:
        return None
    inside = [at for at in recent if at > now - window_ms]
    if len(inside) < limit:
        return None
    return max(0.001, (inside[len(inside) - limit] + window_ms - now) / 1000)
