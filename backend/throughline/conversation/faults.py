"""Why something was refused: expected failures as values, with the words that a person gets.

Each fault has a stable `code`, the HTTP status it answers with, plain words (`detail`), what to do next (`hint`) and
whether trying again can help. HTTP turns one into a problem document (RFC 9457), a socket into a `nack`.
"""

from msgspec import Struct


class Fault(Struct, frozen=True):
    """A refusal. `retry_after` is in seconds, where waiting helps."""

    code: str
    status: int
    detail: str
    hint: str
    retry_after: float | None = None
    retryable: bool = False


UNKNOWN_CONVERSATION = Fault(
    "unknown_conversation", 404, "There is no such conversation here.", "Open one from your list, or start a new one."
)
ID_REUSED = Fault(
    "id_reused", 409, "This message id was used before with other words.", "Send the changed message under a new id."
)
EMPTY = Fault("empty_message", 422, "There is nothing to send.", "Write something first.")
BAD_TEXT = Fault(
    "bad_text", 422, "The text holds characters that cannot be kept.", "Remove NUL characters and broken surrogates."
)
BAD_ID = Fault("bad_id", 422, "The id is not one we can keep.", "Use a UUID: at most 64 letters, digits and dashes.")
NO_TURN = Fault("no_turn", 409, "The agent is not writing at the moment.", "Nothing to stop.")
BAD_CREDENTIALS = Fault("bad_credentials", 401, "E-mail and password do not match.", "Check both and try again.")
SIGNED_OUT = Fault("signed_out", 401, "You are not signed in.", "Sign in again.")
FORBIDDEN = Fault("forbidden", 403, "Your role does not allow this.", "Ask an admin of your organisation.")
UNKNOWN_CHANNEL = Fault(
    "unknown_channel", 422, "There is no such channel.", "See the channels of this conversation for what there is."
)
NOT_LINKED = Fault(
    "not_linked", 409, "This person is not reachable there yet.", "They have to write from that channel once first."
)
STAYS_OFF = Fault(
    "channel_off",
    409,
    "The person wants no messages there.",
    "Only they can allow that channel again, in its settings.",
)
NO_FALLBACK = Fault(
    "no_fallback", 409, "The conversation has nowhere else to go.", "Make another channel the active one first."
)
TWO_ACTIVE = Fault(
    "two_active", 422, "One channel is active at a time.", "Choose one of them; the other can mirror it."
)
NOT_VERIFIED = Fault(
    "not_linked", 409, "The person cannot be reached there now.", "Choose another channel, or link the address again."
)
SWITCHED_OFF = Fault(
    "channel_disabled", 409, "Our end of that channel is switched off.", "Choose another channel, or ask an admin."
)
UNKNOWN_BINDING = Fault(
    "unknown_binding", 422, "This conversation has no such channel.", "Read its channels again, then choose."
)
NO_GROUP_MOVES = Fault(
    "group", 409, "A talk in a group stays in its group.", "Write to us directly to go on elsewhere."
)
KEY_REUSED = Fault(
    "idempotency_key_reused", 422, "This Idempotency-Key was used before with another request.", "Use a new key."
)
UNKNOWN_FILE = Fault(
    "unknown_file", 404, "There is no such file here, or its link is over.", "Open it again from the conversation."
)
FILE_EMPTY = Fault("file_empty", 422, "The file holds nothing.", "Choose another one.")
FILE_TAKEN = Fault("file_taken", 409, "This file belongs to another message already.", "Attach it once more.")
BUSY = Fault(
    "busy",
    503,
    "We cannot keep new messages at the moment.",
    "Try again in a few seconds.",
    retry_after=2,
    retryable=True,
)


def window_closed(label: str, link: str | None) -> Fault:
    """A channel where we may only answer, and the person has not written lately; `link` opens the talk there."""
    hint = f"Write to us on {label} first: {link}" if link else f"Write to us on {label} first, then go on there."
    return Fault("window_closed", 409, f"{label} lets us answer only for a while after you wrote.", hint)


def too_long(limit: int) -> Fault:
    """A message over the tenant's limit of characters."""
    return Fault("too_long", 422, f"A message may have {limit:,} characters.", "Shorten it, or send it in two parts.")


def file_too_big(limit: int) -> Fault:
    """A file over the limit, in bytes."""
    size = f"{limit // 1_000_000} MB"
    return Fault("file_too_big", 413, f"A file may have {size}.", "Choose a smaller one, or send a link to it.")


def too_many_files(limit: int) -> Fault:
    """More attachments than one message takes."""
    return Fault("too_many_files", 422, f"A message takes {limit} files.", "Send the others with the next message.")


def slow_down(retry_after: float) -> Fault:
    """More messages than the tenant's policy allows; waiting `retry_after` seconds helps."""
    return Fault(
        "rate_limited", 429, "That was a lot of messages in a short time.", "Wait a moment, then send again.",
        retry_after=retry_after, retryable=True,
    )  # fmt: skip
