"""A page in pieces that each fit, once they are rendered. Pure.

The tree is cut, not the source: between blocks where that will do, else between items, rows and lines of code, else
after a sentence, after a word, or anywhere. What is cut is whole on both sides: marks, quotes and code blocks are
closed and opened again, a list counts on, a table has its head in each piece.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from throughline.markup.graphemes import end
from throughline.markup.tree import (
    Block,
    Break,
    Code,
    Fence,
    Heading,
    Inline,
    Items,
    Link,
    Mark,
    Markdown,
    Page,
    Paragraph,
    Quote,
    Rule,
    Table,
    Text,
    bare,
    page,
)
from throughline.markup.words import told

Fits = Callable[[Sequence[Block]], bool]
Cut = tuple[tuple[Block, ...], tuple[Block, ...]]

_SENTENCE = re.compile(r"[.!?…。！？][\"'”’)]*\s+|[。！？]|\n")
_SPACE = re.compile(r"\s+")
#: A text of so many times the limit does not fit, however it is rendered: no format leaves out that many letters.
_SURELY = 4


def pieces(
    markdown: Markdown, most: int, render: Callable[[Markdown], str], length: Callable[[str], int] = len
) -> list[str]:
    """What `render` made of each piece, in order: at most `most` by `length` (32 at least). None is blank."""

    def fits(blocks: Sequence[Block]) -> bool:
        return not _over(blocks, _SURELY * most) and length(render(Page(tuple(blocks)))) <= most

    left = page(markdown).blocks
    found: list[str] = []
    while left:
        first, left = _first(left, fits, most)
        text = render(Page(first))
        if text.strip():
            found.append(text)
    return found


def _over(blocks: Sequence[Block], room: int) -> bool:
    """Whether there are more letters in it than that: counted only so far, where rendering would take all of it."""
    sizes = (size for block in blocks for size in _sizes(block))
    for size in sizes:
        room -= size
        if room < 0:
            return True
    return False


def _sizes(block: Block) -> Iterator[int]:
    """How many letters its parts have, one after the other."""
    match block:
        case Paragraph(inside) | Heading(_, inside):
            yield from _letters(inside)
        case Fence(text):
            yield len(text)
        case Quote(blocks):
            yield from (size for one in blocks for size in _sizes(one))
        case Items(items):
            yield from (size for item in items for one in item for size in _sizes(one))
        case Table(rows):
            yield from (len(bare(cell)) for row in rows for cell in row)
        case Rule():
            yield 0


def _first(blocks: tuple[Block, ...], fits: Fits, most: int) -> Cut:
    """One piece, and what is left."""
    whole = _most(len(blocks), lambda n: fits(blocks[:n]), _guess([(block,) for block in blocks], most))
    if whole == len(blocks):
        return blocks, ()
    # A heading stays with what it is over.
    while whole > 1 and isinstance(blocks[whole - 1], Heading):
        whole -= 1
    block = blocks[whole]
    if whole and (fits((block,)) or isinstance(block, Fence | Table)):
        return blocks[:whole], blocks[whole:]
    cut = _cut(block, lambda part: fits((*blocks[:whole], *part)), most)
    if cut is not None:
        return (*blocks[:whole], *cut[0]), (*cut[1], *blocks[whole + 1 :])
    if whole:
        return blocks[:whole], blocks[whole:]
    # Nothing of it fits as it is: its words alone do, one by one if they must.
    words = Text("\n".join(_said(block)))
    if not words.text:
        return (), blocks[1:]
    if block == Paragraph((words,)):
        return (Paragraph((Text(words.text[:1]),)),), (Paragraph((Text(words.text[1:]),)), *blocks[1:])
    return (), (Paragraph((words,)), *blocks[1:])


def _cut(block: Block, fits: Fits, most: int) -> Cut | None:
    """A block in two, the first of which fits; None: not even its smallest part does."""
    match block:
        case Paragraph(inside):
            return _lined(inside, Paragraph, fits, most)
        case Heading(level, inside):
            return _lined(inside, lambda words: Heading(level, words), fits, most)
        case Quote(blocks):
            cut = _within(blocks, lambda part: fits((Quote(tuple(part)),)), most)
            return cut and ((Quote(cut[0]),), (Quote(cut[1]),))
        case Items(items, start):
            return _itemised(items, start, fits, most)
        case Fence():
            return _coded(block, fits, most)
        case Table(rows, aligns):
            kept = _most(len(rows), lambda n: n < 2 or fits((Table(rows[:n], aligns),)))
            if kept < 2 or kept == len(rows):
                return None
            return (Table(rows[:kept], aligns),), (Table((rows[0], *rows[kept:]), aligns),)
        case Rule():
            return None


def _within(blocks: tuple[Block, ...], fits: Fits, most: int) -> Cut | None:
    """The blocks of a quote or an item, in two."""
    whole = _most(len(blocks), lambda n: fits(blocks[:n]))
    if whole == len(blocks):
        return None
    cut = _cut(blocks[whole], lambda part: fits((*blocks[:whole], *part)), most)
    if cut is not None:
        return (*blocks[:whole], *cut[0]), (*cut[1], *blocks[whole + 1 :])
    return (blocks[:whole], blocks[whole:]) if whole else None


def _itemised(items: tuple[tuple[Block, ...], ...], start: int | None, fits: Fits, most: int) -> Cut | None:
    """A list in two. What is left of an item that is cut itself stands without a bullet."""

    def after(count: int) -> tuple[Block, ...]:
        return (Items(items[count:], None if start is None else start + count),) if items[count:] else ()

    whole = _most(len(items), lambda n: fits((Items(items[:n], start),)), _guess(items, most))
    if whole:
        return (Items(items[:whole], start),), after(whole)
    cut = _within(items[0], lambda part: fits((Items((tuple(part),), start),)), most)
    return cut and ((Items((cut[0],), start),), (*cut[1], *after(1)))


def _guess(parts: Sequence[Sequence[Block]], most: int) -> int:
    """About how many of these fit: by their letters, and a few for what stands around each."""
    for number, part in enumerate(parts):
        most -= sum(size for block in part for size in _sizes(block)) + 4
        if most < 0:
            return number
    return len(parts)


def _coded(block: Fence, fits: Fits, most: int) -> Cut | None:
    """A block of code in two, at a line's end; within a line where that is too long."""
    text = block.text
    count = _most(min(len(text), most), lambda n: fits((Fence(text[:n], block.language),)), most * 9 // 10)
    if not 0 < count < len(text):
        return None
    line = text.rfind("\n", 0, count + 1)
    at = line + 1 if line > 0 else end(text, count)
    return (Fence(text[:at].removesuffix("\n"), block.language),), (Fence(text[at:], block.language),)


def _lined(
    inside: tuple[Inline, ...], made: Callable[[tuple[Inline, ...]], Block], fits: Fits, most: int
) -> Cut | None:
    """Words in two."""
    near = inside[: _near(inside, most)]
    text, far = bare(near), inside[len(near) :]
    sizes: dict[int, int] = {}
    _weigh(near, sizes)
    count = _most(min(len(text), most), lambda n: fits((made(_taken(near, sizes, 0, n)),)), most * 9 // 10)
    if not 0 < count < len(text) and not (count and far):
        return None
    at = _place(text, count)
    rest = (*_taken(near, sizes, at), *far)
    return (made(_taken(near, sizes, 0, at)),), (made(rest),) if far or told(rest).strip() else ()


def _near(inlines: Sequence[Inline], most: int) -> int:
    """How many of them hold more letters than that: what comes behind is of no matter for a cut."""
    for number, one in enumerate(inlines):
        most -= sum(_letters((one,)))
        if most < 0:
            return number + 1
    return len(inlines)


def _letters(inlines: Sequence[Inline]) -> Iterator[int]:
    """How many letters the parts of a line have, one after the other."""
    for one in inlines:
        if isinstance(one, Text | Code):
            yield len(one.text)
        elif isinstance(one, Break):
            yield 1
        else:
            yield from _letters(one.inside)


def _place(text: str, most: int) -> int:
    """The last good place for a cut, in the second half of what fits."""
    for places in (_SENTENCE, _SPACE):
        ends = [match.end() for match in places.finditer(text, most // 2, most + 1) if match.end() <= most]
        if ends:
            return ends[-1]
    return end(text, most)


def _weigh(inlines: Sequence[Inline], sizes: dict[int, int]) -> int:
    """How many letters they have together; of each, by its `id`, in `sizes`: marks within marks are counted once."""
    for one in inlines:
        match one:
            case Text(text) | Code(text):
                size = len(text)
            case Break():
                size = 1
            case _:
                size = _weigh(one.inside, sizes)
        sizes[id(one)] = size
    return sum(sizes[id(one)] for one in inlines)


def _taken(
    inlines: Sequence[Inline], sizes: dict[int, int], begin: int, end: int | None = None
) -> tuple[Inline, ...]:  # fmt: skip
    """The words from `begin` to `end` (None: to the last), with the marks and links they stand in."""
    found: list[Inline] = []
    at = 0
    for number, one in enumerate(inlines):
        if end is not None and at > end:
            break
        size = sizes[id(one)]
        if end is None and size and at >= begin:
            found.extend(inlines[number:])
            break
        low, high = max(begin - at, 0), size if end is None else min(end - at, size)
        # A link without words has no length, and goes with what is before it.
        if low < high or (not size and (begin < at or at == begin == 0)):
            match one:
                case Text(text):
                    found.append(Text(text[low:high]))
                case Code(text):
                    found.append(Code(text[low:high]))
                case Break():
                    found.append(one)
                case Mark(kind, inside):
                    found.append(Mark(kind, _taken(inside, sizes, low, high)))
                case Link(href, inside, image):
                    found.append(Link(href, _taken(inside, sizes, low, high), image))
        at += size
    return tuple(found)


def _said(block: Block) -> list[str]:
    """The words of a block whose shape does not fit, line by line."""
    match block:
        case Paragraph(inside) | Heading(_, inside):
            return [told(inside)]
        case Fence(text):
            return [text]
        case Quote(blocks):
            return [line for one in blocks for line in _said(one)]
        case Items(items):
            return [line for item in items for one in item for line in _said(one)]
        case Table(rows):
            return [" · ".join(told(cell) for cell in row) for row in rows]
        case Rule():
            return []


def _most(count: int, fits: Callable[[int], bool], guess: int = 1) -> int:
    """The largest number up to `count` that fits, where more is never less; looked for around a guess.

    Each try renders as much as it asks about: a good guess is what makes a long list cheap.
    """
    guess, step = min(max(guess, 1), count), 1
    if count == 0:
        return 0
    if fits(guess):
        low, high = guess, guess + 1
        while high <= count and fits(high):
            low, step = high, step * 2
            high = low + step
        high = min(high, count + 1)
    else:
        low, high = guess - 1, guess
        while low > 0 and not fits(low):
            high, step = low, step * 2
            low = max(low - step, 0)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low
