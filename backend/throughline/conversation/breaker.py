"""A breaker before each account: where sends fail, no more are tried for a while. Pure; `now` is in milliseconds.

    closed → open        half of at least ten sends in 60 s failed, or the credentials were refused
    open → half_open     30 s later (twice as long after each probe that failed, up to 5 min), or something came in
    half_open → closed   the one send that may pass was taken
    half_open → open     it failed

What a provider says about one address or one message is no failure of it, and neither is that we shall go slower.
`now` may be any clock that never goes back.
"""

import re
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from throughline.conversation.channel import Accepted, Ambiguous, NotSent, Outcome, Refused

State = Literal["closed", "open", "half_open"]
#: What a send says about its account. `answered`: nothing, but that somebody is there; `paced`: not even a try.
Heard = Literal["good", "bad", "auth", "answered", "paced"]

#: Milliseconds that are looked at, and by which they are counted; how many sends say something, and what share is bad.
WINDOW, SLOT = 60_000, 5_000
VOLUME, SHARE = 10, 0.5
#: Milliseconds before a probe: at first, and at most; before what comes in allows one; until a probe counts as lost.
FIRST, LONGEST, EASE, PROBE = 30_000, 300_000, 5_000, 30_000
#: Counts that are kept: those of a window, and some that were begun anew within a slot.
_KEPT = 2 * WINDOW // SLOT
#: Codes by which adapters say that it was too much at a time.
_PACE = re.compile(r"(?i)rate|limit|quota|exhausted|queue_full|429|conflict")
#: It did not go, and the provider is not to blame: our own connections are all in use, our own file was not read; it
#: was asked whether something had left, and it had not.
_OURS = re.compile(r"no_connection_free|file_.*")
_NOT_THERE = "not_there"


class Count(Struct, frozen=True):
    """Sends from `at` on."""

    at: int
    good: int = 0
    bad: int = 0


class Breaker(Struct, frozen=True):
    """An account's. `until`: open: when a probe may pass; half-open: when the probe that is out counts as lost."""

    state: State = "closed"
    since: int = 0
    until: int = 0
    pause: int = FIRST
    #: The credentials were refused: what comes in says nothing about them.
    auth: bool = False
    #: When it last failed.
    failed: int = 0
    counts: tuple[Count, ...] = ()


def heard(outcome: Outcome) -> Heard:
    """What an outcome says about the account it went through."""
    match outcome:
        case Accepted():
            return "good"
        case Refused(_, auth):
            return "auth" if auth else "answered"
        case NotSent(reason) if reason == _NOT_THERE:
            return "answered"
        case NotSent(reason) if _PACE.search(reason) or _OURS.fullmatch(reason):
            return "paced"
        case NotSent() | Ambiguous():
            return "bad"


def admits(breaker: Breaker, now: int) -> bool:
    """Whether a send may leave."""
    return breaker.state == "closed" or now >= breaker.until


def bars(breaker: Breaker, now: int) -> bool:
    """Whether nothing leaves for a while: a message that could go elsewhere should."""
    return breaker.state == "open" and now < breaker.until


def taken(breaker: Breaker, now: int) -> Breaker:
    """A send leaves, that was admitted: where not all of them may, it is the probe."""
    if breaker.state == "closed":
        return breaker
    since = now if breaker.state == "open" else breaker.since
    return replace(breaker, state="half_open", since=since, until=now + PROBE)


def noted(breaker: Breaker, what: Heard, now: int) -> Breaker:
    """After a send."""
    if what in {"answered", "paced"}:
        # Half-open: that was no answer to the question, so another one may ask it.
        return replace(breaker, until=0) if breaker.state == "half_open" else breaker
    breaker = _counted(breaker, good=what == "good", now=now)
    if what == "good":
        # While it is open, these are late answers to what left before.
        closes = breaker.state == "half_open"
        return Breaker(since=now, failed=breaker.failed, counts=breaker.counts) if closes else breaker
    breaker = replace(breaker, failed=now)
    if breaker.state == "half_open":
        return _opened(breaker, min(LONGEST, 2 * breaker.pause), now, auth=what == "auth")
    if what == "auth" and not breaker.auth:
        return _opened(breaker, breaker.pause, now, auth=True)
    return _opened(breaker, FIRST, now) if breaker.state == "closed" and _trips(breaker, now) else breaker


def came_in(breaker: Breaker, now: int) -> Breaker:
    """Something came from the provider: it is there, and one send may try. Not sooner than 5 s after a failure."""
    eases = breaker.state == "open" and not breaker.auth and now - breaker.failed >= EASE
    return replace(breaker, state="half_open", since=now, until=0) if eases else breaker


def lifted(breaker: Breaker, now: int) -> Breaker:
    """A person has seen to the account: one send may try, whatever was wrong."""
    if breaker.state == "closed":
        return breaker
    return replace(breaker, state="half_open", since=now, until=0, pause=FIRST, auth=False)


def sends(breaker: Breaker, now: int) -> tuple[int, int]:
    """Sends of the last 60 s that say something, and how many of them failed."""
    counts = _within(breaker.counts, now)
    bad = sum(count.bad for count in counts)
    return sum(count.good for count in counts) + bad, bad


def _trips(breaker: Breaker, now: int) -> bool:
    """Whether too many failed since it was last closed."""
    counts = [count for count in _within(breaker.counts, now) if count.at >= breaker.since]
    bad = sum(count.bad for count in counts)
    volume = sum(count.good for count in counts) + bad
    return volume >= VOLUME and bad >= SHARE * volume


def _opened(breaker: Breaker, pause: int, now: int, *, auth: bool = False) -> Breaker:
    since = breaker.since if breaker.state == "open" else now
    return replace(breaker, state="open", since=since, until=now + pause, pause=pause, auth=breaker.auth or auth)


def _counted(breaker: Breaker, *, good: bool, now: int) -> Breaker:
    counts = _within(breaker.counts, now)
    last = counts[-1] if counts else None
    if last is None or now - last.at >= SLOT or (breaker.state == "closed" and last.at < breaker.since):
        # What is counted after it closed is counted apart from what opened it.
        last = Count(now)
    else:
        counts = counts[:-1]
    last = replace(last, good=last.good + good, bad=last.bad + (not good))
    return replace(breaker, counts=(*counts, last)[-_KEPT:])


def _within(counts: tuple[Count, ...], now: int) -> tuple[Count, ...]:
    return tuple(count for count in counts if now - count.at < WINDOW)
