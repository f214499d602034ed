"""What becomes of a delivery: one row in, what happened, one row out. Pure: `now` (UTC ms) and chance come in.

The classes of outcomes are those of channel.py. What was surely not sent is tried again; what may have arrived is
never repeated: it waits for its echo, and stays `ambiguous` when none comes.
"""

import re
from collections.abc import Callable, Sequence

from msgspec import UNSET, Struct
from msgspec.structs import replace

from throughline.conversation.channel import Accepted, Ambiguous, Enclosed, NotSent, Outcome, Post, Refused
from throughline.conversation.events import ChannelName, Delivery, DeliveryState, Message
from throughline.conversation.ids import ConversationId
from throughline.conversation.policy import Policy
from throughline.conversation.records import DeliveryRow

#: What a courier still has to do something about.
OPEN: frozenset[DeliveryState] = frozenset({"pending", "not_sent", "sending", "streaming", "ambiguous"})
#: It has arrived, as far as the channel says.
THERE: frozenset[DeliveryState] = frozenset({"accepted", "delivered", "read"})
#: Of owed rows, what everybody is told by the log; all else stands on the row.
LOGGED: frozenset[DeliveryState] = frozenset({"accepted", "delivered", "ambiguous", "refused", "dead", "superseded"})
#: Tries after which an owed row that was not sent counts as failing.
TRIES = 3
#: Seconds: the longest pause between two tries, and before an account that is down is looked at again.
LONGEST = 30.0
ACCOUNT_PAUSE = 30.0
#: Milliseconds after which a mirror's row is given up.
MIRROR_LIFE = 600_000
_FENCE = re.compile(r" {0,3}(`{3,16}|~{3,16})(.*)")
#: Characters of a fence's info string that are said again.
_INFO = 40


class Retry(Struct, frozen=True):
    """How a tenant wants things tried again: `first` pause in seconds, and tries after which it counts as failing."""

    tries: int = TRIES
    first: float = 1.0


#: Where nobody has said anything else.
USUAL = Retry()


def retry_of(policy: Policy) -> Retry:
    """A tenant's, within what makes sense: at least one try, and a pause from 50 ms to the longest."""
    return Retry(max(1, policy.retries), min(LONGEST, max(0.05, policy.retry_ms / 1000)))


def pause(attempts: int, chance: float, after: float | None = None, retry: Retry = USUAL) -> float:
    """Seconds before the next try: what the provider said, else 1, 2, 4 … 30, a quarter more or less by `chance`."""
    if after is not None:
        return max(0.0, after)
    return min(LONGEST, retry.first * float(2 ** min(10, max(0, attempts - 1)))) * (0.75 + chance / 2)


def began(row: DeliveryRow, state: DeliveryState, now: int, reason: str | None = None) -> DeliveryRow:
    """It is about to be sent (`sending`), to be shown while it is written (`streaming`), or ready for that again."""
    return replace(row, state=state, at=now, reason=reason, due=0)


def after(
    row: DeliveryRow, outcome: Outcome, now: int, chance: float, *, echo_wait: float = 0.0, last: bool = True,
    retry: Retry = USUAL,
) -> DeliveryRow:  # fmt: skip
    """The row after one try to send a piece; `last`: there is no piece after it."""
    match outcome:
        case Accepted(remote):
            there = replace(row, remote=(*row.remote, remote), attempts=row.attempts + last, draft=None)
            # Between two pieces nothing is in flight.
            return ended(there, "accepted", now) if last else began(there, "pending", now)
        case NotSent(reason, wait):
            tried = replace(row, attempts=row.attempts + 1)
            return later(tried, reason, now, pause(tried.attempts, chance, wait, retry))
        case Refused(reason):
            return ended(replace(row, attempts=row.attempts + 1), "refused", now, reason)
        case Ambiguous(reason) if row.draft is not None:
            tried = replace(row, attempts=row.attempts + 1)
            return later(doubted(tried, reason, now, 0.0), reason, now, pause(tried.attempts, chance, None, retry))
        case Ambiguous(reason):
            return doubted(replace(row, attempts=row.attempts + 1), reason, now, echo_wait)


def later(row: DeliveryRow, reason: str, now: int, wait: float) -> DeliveryRow:
    """It did not go; try again after `wait` seconds. Nobody waits for a mirror longer than ten minutes.

    What is in doubt stays in doubt, since when it is: it is its draft that is tried again.
    """
    if not row.owed and now - (row.rungs[0].at if row.rungs else row.at) >= MIRROR_LIFE:
        return ended(row, "dead", now, reason)
    if row.state == "ambiguous":
        return replace(row, reason=reason, due=now + max(1, round(wait * 1000)))
    return replace(row, state="not_sent", at=now, reason=reason, due=now + round(wait * 1000))


def doubted(row: DeliveryRow, reason: str, now: int, echo_wait: float) -> DeliveryRow:
    """It may have arrived: until `due` an echo is waited for, and nothing of this binding passes."""
    due = now + round(echo_wait * 1000) if echo_wait > 0 else 0
    return replace(row, state="ambiguous", at=row.at if row.state == "ambiguous" else now, reason=reason, due=due)


def anew(row: DeliveryRow, reason: str, now: int, chance: float, retry: Retry = USUAL) -> DeliveryRow:
    """Its draft is gone and was surely not sent: another one is laid down, after a pause."""
    tried = replace(row, attempts=row.attempts + 1, draft=None)
    return later(began(tried, "pending", now), reason, now, pause(tried.attempts, chance, None, retry))


def waits(row: DeliveryRow, now: int) -> bool:
    """Whether nothing can be done about it now. Doubt about a draft is ended by sending that draft once more."""
    return row.due > now or (row.state == "ambiguous" and row.draft is None)


def waited(row: DeliveryRow, now: int) -> DeliveryRow:
    """Doubt whose wait is over stays doubt (`due` 0): no courier's work any more. A late echo still settles it."""
    over = row.state == "ambiguous" and row.draft is None and row.due <= now
    return replace(row, due=0) if over else row


def ended(row: DeliveryRow, state: DeliveryState, now: int, reason: str | None = None) -> DeliveryRow:
    """Nothing will be done about it any more."""
    return replace(row, state=state, at=now, reason=reason, due=0)


def found(row: DeliveryRow, now: int, echo_wait: float) -> DeliveryRow:
    """A row as a new owner takes it up: what its last owner was sending when it went may have arrived."""
    if row.state != "sending":
        return row
    doubt = doubted(row, "interrupted", now, echo_wait)
    return doubt if row.draft is None else replace(doubt, due=now)


def failing(row: DeliveryRow, retry: Retry = USUAL) -> bool:
    """Whether its account has to be called degraded."""
    tried = row.state == "not_sent" or (row.state == "ambiguous" and row.draft is not None)
    return tried and row.attempts >= retry.tries


def held_up(row: DeliveryRow, now: int) -> bool:
    """Whether later rows of the binding wait for it. A stream that stands there, and doubt past its wait, do not."""
    if row.state == "streaming":
        return not row.remote
    return row.state in OPEN and not (row.state == "ambiguous" and row.due <= now)


def joined(there: DeliveryRow, was: DeliveryRow, wanted: DeliveryRow) -> DeliveryRow:
    """What to write where the row stands as `there`, was read as `was` and should be `wanted`.

    An echo may have come before the answer, a move may have passed it on: what others settled stays, and what we know
    of the provider's ids is added. Whether it is owed is never ours to say.
    """
    if there.state == was.state:
        if len(there.remote) > len(was.remote) and wanted.state in {"ambiguous", "not_sent"}:
            # The echo of this very piece was faster than the answer that never came.
            return replace(began(there, "pending", wanted.at), attempts=wanted.attempts, due=wanted.at, draft=None)
        return replace(wanted, owed=there.owed)
    remote = wanted.remote if len(wanted.remote) > len(there.remote) else there.remote
    if there.state in OPEN and wanted.state not in OPEN:
        return replace(wanted, owed=there.owed, remote=remote)
    return there if remote == there.remote else replace(there, remote=remote)


def event(row: DeliveryRow) -> Delivery | None:
    """What the log says of a row's new state."""
    if not row.owed or row.state not in LOGGED:
        return None
    return Delivery(
        messages=(row.message,), binding=row.binding, channel=row.channel, state=row.state, reason=row.reason or UNSET
    )


def post(
    conversation: ConversationId, message: Message, channel: ChannelName, label: str, title: str = "",
    files: Sequence[Enclosed] = (),
) -> Post:  # fmt: skip
    """A message on its way out; a person's words from elsewhere carry the label of where they were written."""
    elsewhere = message.author.kind == "person" and message.channel != channel
    return Post(
        conversation=conversation,
        message=message.id,
        author=message.author.kind,
        name=message.author.name,
        purpose=message.purpose,
        text=message.text,
        origin=label if elsewhere else None,
        turn=None if message.turn is UNSET else message.turn,
        title=title,
        files=tuple(files),
        template=None if message.template is UNSET else message.template,
    )


def fence(text: str) -> str:
    """The line that opened the code fence in which `text` ends; empty outside of one."""
    opened, mark = "", ""
    for line in text.split("\n"):
        match = _FENCE.match(line)
        if match is None:
            continue
        ticks, rest = match.groups()
        if not opened:
            if not (ticks[0] == "`" and "`" in rest):
                opened, mark = ticks + "".join(rest.split()[:1])[:_INFO], ticks
        elif ticks[0] == mark[0] and len(ticks) >= len(mark) and not rest.strip():
            opened, mark = "", ""
    return opened


def closing(text: str) -> str:
    """What closes the fence in which `text` ends, on a line of its own."""
    opened = fence(text)
    if not opened:
        return ""
    mark = opened[: len(opened) - len(opened.lstrip(opened[0]))]
    return mark if text.endswith("\n") else f"\n{mark}"


def reopening(text: str) -> str:
    """What goes on with the fence in which `text` ends, at the head of what follows."""
    opened = fence(text)
    return f"{opened}\n" if opened else ""


def cut(text: str, room: int) -> int:
    """How many characters of `text` still go into `room`: up to the end of a line or of a word where there is one."""
    if len(text) <= room:
        return len(text)
    within = max(0, room)
    return text.rfind("\n", 0, within) + 1 or text.rfind(" ", 0, within) + 1 or within


def fitting(text: str, room: int, shown: Callable[[str], str]) -> str:
    """As much of the beginning of `text` as takes at most `room` characters where it is shown."""
    taken = text[: cut(text, room)]
    while taken and (beyond := len(shown(taken)) - room) > 0:
        taken = taken[: cut(taken, len(taken) - beyond)]
    return taken


def whole_lines(text: str) -> str:
    """`text` up to its last line's end; all of it where there is none."""
    return text[: text.rfind("\n") + 1] or text
