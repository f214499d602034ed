"""The fold against the transcripts that the web client's fold is held to as well: both give the same view."""

import json
from pathlib import Path

import msgspec
import pytest

from throughline.conversation import state
from throughline.conversation.events import KINDS, Hidden
from throughline.conversation.state import View

TRANSCRIPTS = sorted((Path(__file__).parents[3] / "e2e" / "transcripts").glob("*.jsonl"))


def fold(view: View, frame: dict[str, object]) -> View:
    """Fold one server frame in; a kind from the future counts like a hidden one."""
    match frame:
        case {"t": "event", "seq": int(seq), "at": str(at), "kind": str(kind), "body": body}:
            return state.on_event(view, seq, at, msgspec.convert(body, KINDS.get(kind, Hidden)))
        case {"t": "delta", "message": str(message), "attempt": int(attempt), "at": int(offset), "text": str(text)}:
            return state.on_delta(view, message, attempt, offset, text)
        case {"t": "snapshot", "message": str(message), "attempt": int(attempt), "text": str(text)}:
            return state.on_snapshot(view, message, attempt, text)
        case _:
            return view


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_transcript_folds_to_its_view(path: Path) -> None:
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    view = View(seq=next((line["after"] for line in lines if "after" in line), 0))
    for line in lines:
        if "frame" in line:
            view = fold(view, line["frame"])
    assert json.loads(state.as_json(view)) == lines[-1]["view"]


def test_there_are_transcripts_of_every_kind_of_trouble() -> None:
    names = {path.stem for path in TRANSCRIPTS}
    assert {"gap", "duplicate_events", "deltas_out_of_order", "emoji_offsets", "second_attempt", "late_joiner"} <= names
