"""What becomes of frames that have to wait: deltas of one message grow into one, or give way to a snapshot. Pure."""

from throughline.conversation import utf16
from throughline.conversation.frames import Frame
from throughline.conversation.ids import MessageId, Topic
from throughline.live.framing import delta_frame

#: A message on a topic, whose text has to be given anew.
Open = tuple[Topic, MessageId]


def merged(frames: list[Frame]) -> list[Frame]:
    """The same frames with every unbroken run of one message's deltas as a single delta, at the run's first place.

    A run is broken by another attempt or a jump in offsets; frames between its parts do not break it, because a
    reader takes deltas by offset. Everything else keeps its place.
    """
    out: list[Frame | None] = []
    runs: dict[Open, tuple[int, int, int, list[str]]] = {}
    ends: dict[Open, int] = {}

    def settle(key: Open) -> None:
        place, attempt, at, parts = runs.pop(key)
        if len(parts) > 1:
            out[place] = delta_frame(key[0], key[1], attempt, at, "".join(parts))

    for item in frames:
        if item.delta is None or item.topic is None:
            out.append(item)
            continue
        message, attempt, at, text = item.delta
        key = (item.topic, message)
        run = runs.get(key)
        if run is not None and run[1] == attempt and ends[key] == at:
            run[3].append(text)
        else:
            if run is not None:
                settle(key)
            runs[key] = (len(out), attempt, at, [text])
            out.append(item)
        ends[key] = at + utf16.length(text)
    for key in list(runs):
        settle(key)
    return [item for item in out if item is not None]


def without_deltas(frames: list[Frame]) -> tuple[list[Frame], list[Open]]:
    """The frames that are no deltas, and the messages that are now owed a snapshot."""
    kept = [item for item in frames if item.delta is None]
    owed = dict.fromkeys((item.topic, item.delta[0]) for item in frames if item.delta is not None and item.topic)
    return kept, list(owed)
