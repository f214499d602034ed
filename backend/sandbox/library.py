"""What the demo model knows: the product's own pages, cut into sections and searched by words (BM25)."""

import math
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

_WORD = re.compile(r"[a-z0-9]+")
_HEADING = re.compile(r"(#{1,4})\s+(.*?)\s*#*\Z")
#: Pictures belong to their page: in an answer they would point nowhere.
_PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)|<picture>.*?</picture>", re.DOTALL)
_STOP = frozenset(
    _WORD.findall(
        """a about all also am an and answer any are as at be been but by can could describe did do does explain for
        from get give had has have how i if in into is it its just know let like long make may me more much my need no
        not of on or our out please say should show so some tell than that the their them then there these they this
        to up us use used using want was way we what when where which who why will with work works would write you
        your"""
    )
)
#: BM25's two numbers, and how many times a word of a heading counts.
_K, _B, _HEADED = 1.4, 0.6, 3


class Section(Struct, frozen=True):
    """A heading with the text right under it."""

    page: str
    title: str
    text: str
    #: Written for people who ask, so preferred where both fit.
    curated: bool


class Found(Struct, frozen=True):
    """A section and how well it fits; `cover` is the share of the question's weight that it speaks about, 0 to 1."""

    section: Section
    score: float
    cover: float


def words(text: str) -> list[str]:
    """The words that can be searched for, in a rough singular."""
    return [_stem(word) for word in _WORD.findall(text.lower()) if word not in _STOP]


def read_pages(folders: Iterable[Path], own: Path) -> list[Section]:
    """Sections of our own page of facts, then of the Markdown files given, or in the folders given."""
    found = sections(own.read_text("utf-8"), "this demo", curated=True)
    for place in folders:
        for path in sorted(place.rglob("*.md")) if place.is_dir() else [place] if place.exists() else []:
            name = path.relative_to(place.parent).as_posix() if place.is_dir() else path.name
            found += sections(path.read_text("utf-8", "replace"), name, curated=False)
    return found


def sections(text: str, page: str, *, curated: bool) -> list[Section]:
    """Cut Markdown at its headings; fenced code may hold lines that look like some."""
    found: list[Section] = []
    title, lines, fenced = page, list[str](), False

    def close() -> None:
        body = "\n".join(lines).strip()
        if len(body) > 40:
            found.append(Section(page, title, body, curated))

    for line in _PICTURE.sub("", text).splitlines():
        fenced ^= line.lstrip().startswith("```")
        heading = None if fenced else _HEADING.match(line)
        if heading is None:
            lines.append(line)
        else:
            close()
            title, lines = heading[2], []
    close()
    return found


class Library:
    """Sections, ready to be searched."""

    def __init__(self, known: list[Section]) -> None:
        self._known = known
        self._counts = [Counter(words(s.text) + words(s.title) * _HEADED) for s in known]
        self._lengths = [sum(counts.values()) for counts in self._counts]
        self._mean = sum(self._lengths) / max(1, len(known))
        everywhere: Counter[str] = Counter(word for counts in self._counts for word in counts)
        self._rare = {w: math.log(1 + (len(known) - n + 0.5) / (n + 0.5)) for w, n in everywhere.items()}

    def search(self, question: str, before: str = "", most: int = 4) -> list[Found]:
        """The best sections, best first. `before` is what was asked earlier: it counts a little."""
        asked = Counter[str]()
        for word in words(question):
            asked[word] += 1
        weights = dict.fromkeys(asked, 1.0) | {w: 0.25 for w in words(before) if w not in asked}
        strange = math.log(1 + len(self._known) * 2) / 2
        whole = sum(self._rare.get(word, strange) for word in asked) or 1.0
        found = [self._rate(i, weights, asked, whole) for i in range(len(self._known))]
        return sorted((f for f in found if f.score > 0), key=lambda f: -f.score)[:most]

    def _rate(self, i: int, weights: dict[str, float], asked: Counter[str], whole: float) -> Found:
        counts, size = self._counts[i], _K * (1 - _B + _B * self._lengths[i] / self._mean)
        score = cover = 0.0
        for word, weight in weights.items():
            times = counts.get(word, 0)
            if times:
                score += weight * self._rare[word] * times * (_K + 1) / (times + size)
                cover += self._rare[word] if word in asked else 0.0
        section = self._known[i]
        return Found(section, score * (1.8 if section.curated else 1.0), cover / whole)


def _stem(word: str) -> str:
    for end in ("ing", "ies", "ed", "es", "s"):
        if word.endswith(end) and len(word) - len(end) >= 3:
            return word[: -len(end)] + ("y" if end == "ies" else "")
    return word
