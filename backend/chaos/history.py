"""The history checker: what was said and acknowledged, what the log has, what readers saw, what arrived. Pure.

Each promise is held against what really happened. What may happen in doubt is not an error, it is counted: a message
whose send was ambiguous may have arrived twice or not at all, and its row says so.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

#: Where a delivery ends, as far as anybody has to do something about it.
ENDS = frozenset({"accepted", "delivered", "read", "dead", "held", "superseded"})
_THERE = frozenset({"accepted", "delivered", "read"})
_OPEN = frozenset({"pending", "sending", "not_sent", "streaming"})


class Said(Struct, frozen=True):
    """Something that was asked to be kept: when that began and ended by one clock, and where it was said to stand.

    `acked` None: nobody was told that it is kept, which says nothing about whether it is.
    """

    conversation: str
    message: str
    invoked: float
    acked: float | None = None
    seq: int | None = None


class Entry(Struct, frozen=True):
    """A line of a log. `message`: the id, where it is one; `outgoing`: it is not the person's own; `turn`: its run."""

    seq: int
    kind: str
    message: str | None = None
    outgoing: bool = False
    turn: str | None = None
    #: It is for one binding alone.
    only: bool = False


class Row(Struct, frozen=True):
    """One delivery. `rungs` are its states so far; `late`: it was taken over from another channel."""

    conversation: str
    message: str
    binding: str
    channel: str
    seq: int
    owed: bool
    state: str
    rungs: tuple[str, ...] = ()
    late: bool = False


class Effect(Struct, frozen=True):
    """Something that a person could see at a provider, in the order in which it stood there."""

    conversation: str
    message: str
    channel: str
    piece: int
    at: float


class History(Struct, frozen=True):
    """All of a run."""

    said: Sequence[Said]
    logs: Mapping[str, Sequence[Entry]]
    #: By reader: the conversation, and (seq, message id or kind) as they came.
    seen: Sequence[tuple[str, Sequence[tuple[int, str]]]] = ()
    rows: Sequence[Row] = ()
    effects: Sequence[Effect] = ()
    #: Whether everything has come to rest: only then must every delivery have ended.
    settled: bool = True
    #: Pieces of a message, where it has more than one.
    pieces: Mapping[str, int] = {}


class Verdict(Struct, frozen=True):
    """What was found. `broken` are promises that were not held; the numbers are messages."""

    broken: tuple[str, ...]
    lost: int = 0
    doubled: int = 0
    #: In doubt by its own row, and there not at all or more than once.
    ambiguous: int = 0

    @property
    def holds(self) -> bool:
        """Whether every promise was kept."""
        return not self.broken


def check(history: History) -> Verdict:
    """Hold a run against the promises."""
    lost = [*_unkept(history), *_undelivered(history)]
    missing, twice, doubt = _counted(history)
    doubled = [*_doubled(history), *twice]
    broken = [*lost, *missing, *doubled, *_order(history), *_views(history), *_turns(history), *_channels(history)]
    if history.settled:
        broken += _ends(history)
    return Verdict(tuple(broken), len(lost) + len(missing), len(doubled), len(doubt))


def _unkept(history: History) -> Iterable[str]:
    """G1: what was acknowledged is where it was acknowledged."""
    for said in history.said:
        if said.acked is None:
            continue
        places = [e.seq for e in history.logs.get(said.conversation, ()) if e.message == said.message]
        if not places:
            yield f"lost: {said.message} was acknowledged and is not in the log"
        elif said.seq is not None and said.seq not in places:
            yield f"moved: {said.message} was acknowledged at {said.seq} and stands at {places[0]}"


def _doubled(history: History) -> Iterable[str]:
    """G2: at most once in the log, and the log is dense."""
    for name, log in history.logs.items():
        times = Counter(e.message for e in log if e.message is not None)
        yield from (f"doubled: {message} stands {n} times in the log" for message, n in times.items() if n > 1)
        if [e.seq for e in log] != [*range(1, len(log) + 1)]:
            yield f"holes: the seq of {name} is not dense"


def _order(history: History) -> Iterable[str]:
    """G4: what was acknowledged before another was begun stands before it."""
    talks = defaultdict(list)
    for said in history.said:
        talks[said.conversation].append(said)
    for talk in talks.values():
        acked = sorted((s for s in talk if s.acked is not None and s.seq is not None), key=lambda s: s.acked or 0.0)
        begun = sorted((s for s in talk if s.seq is not None), key=lambda s: s.invoked)
        highest, place = 0, 0
        for said in begun:
            while place < len(acked) and (acked[place].acked or 0.0) < said.invoked:
                highest = max(highest, acked[place].seq or 0)
                place += 1
            if said.seq is not None and said.seq < highest:
                yield f"order: {said.message} stands at {said.seq}, before what was acknowledged before it"


def _views(history: History) -> Iterable[str]:
    """Every reader saw a part of the log from its beginning, without a hole, as it is."""
    for where, seen in history.seen:
        log = [(e.seq, e.message or e.kind) for e in history.logs.get(where, ())]
        if list(seen) != log[: len(seen)]:
            yield f"view: a reader of {where} saw what is not a prefix of the log"


def _turns(history: History) -> Iterable[str]:
    """G3: one reply at most a turn, and a turn ends once."""
    for log in history.logs.values():
        for kind, words in (("message", "replies"), ("turn_ended", "ends")):
            times = Counter(e.turn for e in log if e.kind == kind and e.turn is not None)
            yield from (f"turn: {turn} has {n} {words}" for turn, n in times.items() if n > 1)


def _undelivered(history: History) -> Iterable[str]:
    """G5: every outgoing message is owed somewhere, or the person has it."""
    if not history.rows:
        return
    places = defaultdict(list)
    for row in history.rows:
        places[row.conversation, row.message].append(row)
    for where, log in history.logs.items():
        for entry in log:
            if not entry.outgoing or entry.message is None or entry.only:
                continue
            rows = places[where, entry.message]
            if rows and not any(r.owed or r.state in _THERE for r in rows):
                yield f"nowhere: {entry.message} is owed nowhere and arrived nowhere"


def _ends(history: History) -> Iterable[str]:
    """G5: after all has come to rest, every delivery has ended."""
    for row in history.rows:
        if (row.owed and row.state not in ENDS) or (not row.owed and row.state in _OPEN):
            yield f"open: {row.message} is still {row.state} on {row.channel}"


def _counted(history: History) -> tuple[list[str], list[str], list[str]]:
    """G6: each piece once where its row says that it arrived, never twice; what is in doubt is counted apart."""
    seen = Counter((e.conversation, e.message, e.channel, e.piece) for e in history.effects)
    missing: list[str] = []
    twice: list[str] = []
    doubt: list[str] = []
    for row in history.rows:
        if row.channel == "web" or row.message not in history.pieces:
            continue
        for piece in range(history.pieces[row.message]):
            times = seen[row.conversation, row.message, row.channel, piece]
            words = f"{row.message} piece {piece} on {row.channel}: {times} times, its row is {row.state}"
            if times == 1 or (times == 0 and row.state not in _THERE):
                continue
            if "ambiguous" in row.rungs:
                doubt.append(words)
            elif times > 1:
                twice.append(f"doubled: {words}")
            else:
                missing.append(f"lost: {words}")
    return missing, twice, doubt


def _channels(history: History) -> Iterable[str]:
    """G4: on each channel in the order of the log; what was taken over from another channel comes late, and says so."""
    rows = {(r.conversation, r.message, r.channel): r for r in history.rows}
    last: dict[tuple[str, str], int] = {}
    first: set[tuple[str, str, int]] = set()
    for effect in sorted(history.effects, key=lambda e: e.at):
        row = rows.get((effect.conversation, effect.message, effect.channel))
        once = (effect.message, effect.channel, effect.piece)
        if row is None or row.late or "ambiguous" in row.rungs or once in first:
            continue
        first.add(once)
        place = (effect.conversation, effect.channel)
        if row.seq < last.get(place, 0):
            yield f"order: {effect.message} came on {effect.channel} after a later one"
        last[place] = max(last.get(place, 0), row.seq)
