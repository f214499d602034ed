"""Stamps: a step whose inputs are the same as last time, and whose result is still there, has nothing to do."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from chores.places import CACHE, ROOT

_STAMPS = CACHE / "stamps"


def files(*places: Path, but: Iterable[str] = ()) -> list[Path]:
    """Every file at and below the places, sorted; folders named in `but` are left out, missing places are fine."""
    left_out = set(but)
    found: list[Path] = []
    for place in places:
        if place.is_file():
            found.append(place)
        elif place.is_dir():
            found += [p for p in place.rglob("*") if p.is_file() and not left_out & set(p.relative_to(place).parts)]
    return sorted(found)


def digest(inputs: Iterable[Path], *facts: str) -> str:
    """One hash over names, contents and further facts (versions, say)."""
    total = hashlib.sha256()
    for fact in facts:
        total.update(fact.encode() + b"\0")
    for path in inputs:
        total.update(str(path.relative_to(ROOT)).encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def same(step: str, now: str, *results: Path) -> bool:
    """Whether the step was done for exactly these inputs and all its results still stand."""
    stamp = _STAMPS / step
    return stamp.is_file() and stamp.read_text() == now and all(r.exists() for r in results)


def put(step: str, now: str) -> None:
    """Remember that the step is done for these inputs."""
    _STAMPS.mkdir(parents=True, exist_ok=True)
    (_STAMPS / step).write_text(now)
