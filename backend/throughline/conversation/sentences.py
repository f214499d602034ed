"""Where an answer may be cut while it is still being written: at the end of a sentence, and only where that is certain.

Text grows at its end, so what decides is what follows: a full stop ends a sentence once a blank and the next word are
there. Code, tables, lists and quotations are never cut inside, nor are bold words, links and brackets. In doubt there
is no end: a part that is longer is better than half a thought. Markdown as people write it; offsets in characters.
"""

import re
from collections.abc import Iterator

#: Characters that a part has at least, blanks around it not counted.
LEAST = 50
#: Characters of a paragraph that are looked at for what is still open; beyond, it is not cut before its end.
_MOST = 2_000

_CLOSERS = "\"'”’»)\\]*_~`"
_CJK_CLOSERS = "」』”’）】》〉"
#: The end of a sentence, and whatever closes with it. A full stop within a number, a name or an address has no blank.
_END = re.compile(rf"[.!?…؟۔।]+[{_CLOSERS}]*(?=\s)|[。！？｡]+[{_CJK_CLOSERS}{_CLOSERS}]*")
_WIDE = frozenset("。！？｡")
_VISIBLE = re.compile(r"\S")
#: The word before a full stop, without what opens before it.
_WORD = re.compile(r"[^\s(\[{\"'“‘«*_~`/]*$")
_LETTERS = re.compile(r"(\w\.)*\w")
#: Words that a full stop belongs to.
_ABBREVIATED = """
adj al apr approx art assn aug ave bldg blvd bzgl bzw ca capt cf ch chap co col corp dec dept dipl div dr dt ed eds
eg eq esp est etc evtl exc excl ext feb ff fig figs fn fr ft gen gov hon hr hrs ibid ie inc incl inkl jan jr jul jun
lat lt ltd max mia min mio misc mme mr mrs ms mt mwst nat no nos nov nr oct op orig para pp prof ref rep resp rev
rs sc sec sen sep sept sog sr sra srta st stk str tel tsd usw vgl vol vols vs zzgl
"""
_SHORT = frozenset(_ABBREVIATED.split())
_FENCE = re.compile(r"\s*(`{3,}|~{3,})(.*)")
_ITEM = re.compile(r"\s*(?:[-*+•–]|\d{1,9}[.)])(?:\s|$)")
#: It could still become an item.
_ITEM_BEGUN = re.compile(r"\s*(?:[-*+•–]|\d{1,9}[.)]?)?")
_HEADING = re.compile(r" {0,3}#{1,6}(?:\s|$)")
_QUOTE = re.compile(r"\s*>")
_INDENTED = re.compile(r"(?: {2,}|\t)\S")
_CODE = re.compile(r"(?: {4}|\t)")


def part_end(text: str, begin: int) -> int | None:
    """Where the part ends that begins at `begin`. None: nothing is certain yet.

    What was certain stays so, whatever is written after it.
    """
    for end in _ends(text, begin):
        if len(text[begin:end].strip()) >= LEAST:
            return end
    return None


def _ends(text: str, begin: int) -> Iterator[int]:
    """Every place from `begin` on where a cut does no harm, in order."""
    at, paragraph, block = begin, begin, ""
    #: Where what stands there has its last word, whether an empty line came after it, and the fence that is open.
    last, apart, fence = begin, False, ""
    # What a cut left of a line is the rest of a paragraph, whatever it looks like.
    rest = begin > 0 and text[begin - 1] != "\n"
    while at < len(text):
        stop = text.find("\n", at)
        stop, whole = (len(text), False) if stop < 0 else (stop, True)
        line, start, at = text[at:stop], at, stop + 1
        if fence:
            last = stop
            if whole and _closes(line, fence):
                fence = ""
                # Within a list it closes only itself.
                block, apart = (block, False) if block == "list" else ("done", True)
            continue
        if not line.strip():
            apart, rest = apart or start > begin, False
            continue
        if block and not _goes_on(line, block, apart=apart):
            if block == "list" and apart and not whole and _ITEM_BEGUN.fullmatch(line):
                return
            yield last
            block = ""
            paragraph = start
        if not block and apart:
            paragraph = start
        if not block and not rest:
            block = _begun(line, apart=apart or start == 0)
        opened = None if rest else _FENCE.match(line)
        if opened is not None and not (opened[1][0] == "`" and "`" in opened[2]):
            fence = opened[1]
            block = block or "fence"
        if block == "heading":
            # It goes with what it is over.
            block, apart, rest = "", True, False
            continue
        if not block:
            yield from _sentences(text, paragraph, start, stop)
        last, apart, rest = stop, False, False


def _begun(line: str, *, apart: bool) -> str:
    """What a line begins that is not a paragraph."""
    if _HEADING.match(line):
        return "heading"
    if _ITEM.match(line):
        return "list"
    if _QUOTE.match(line) or "|" in line:
        return "block"
    return "block" if apart and _CODE.match(line) else ""


def _goes_on(line: str, block: str, *, apart: bool) -> bool:
    """Whether a line still belongs to what was begun before it."""
    if not apart:
        return True
    return block == "list" and bool(_ITEM.match(line) or _INDENTED.match(line))


def _closes(line: str, fence: str) -> bool:
    bare = line.strip()
    return len(bare) >= len(fence) and not bare.strip(fence[0])


def _sentences(text: str, paragraph: int, start: int, stop: int) -> Iterator[int]:
    """The ends of sentences in one line of a paragraph."""
    for found in _END.finditer(text, start, stop + 1):
        end, mark = found.end(), found[0]
        if end >= len(text):
            return
        following = _VISIBLE.search(text, end)
        if mark[0] in _WIDE:
            closed = any(sign in _CJK_CLOSERS for sign in mark)
            certain = text[end].isspace() or not closed
        elif following is None:
            return
        elif text.count("\n", end, following.start()) > 1:
            certain = True
        else:
            certain = not following[0].islower() and not _belongs(text[start : found.start()], mark)
        if certain and end - paragraph <= _MOST and _even(text[paragraph:end]):
            yield end


def _belongs(before: str, mark: str) -> bool:
    """Whether a full stop is a part of the word before it, or the sentence only pauses."""
    signs = mark.rstrip("\"'”’»)]*_~`")
    if "…" in signs or (len(signs) > 1 and not signs.strip(".")):
        return True
    if signs != ".":
        return False
    found = _WORD.search(before)
    word = "" if found is None else found[0]
    # A short number is often an ordinal: "am 3. Mai".
    number = word.isdigit() and len(word) <= 2
    return not word or number or bool(_LETTERS.fullmatch(word)) or word.replace(".", "").lower() in _SHORT


_ESCAPED = re.compile(r"\\.", re.DOTALL)
_SPAN = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
_ADDRESS = re.compile(r"https?://[^\s)\]>]+|[:;]-?[()]")
_STAR = re.compile(r"(?<!\s)\*|\*(?!\s)")
_LOW = re.compile(r"(?<!\w)_|_(?!\w)")
_PAIRS = ("()", "[]", "“”", "«»", "「」", "『』", "（）", "【】", "《》")


def _even(text: str) -> bool:
    """Whether everything that opens in `text` is closed in it."""
    bare = _SPAN.sub("", _ESCAPED.sub("", text))
    if "`" in bare:
        return False
    bare = _ADDRESS.sub("", bare)
    if any(bare.count(pair[0]) > bare.count(pair[1]) for pair in _PAIRS) or bare.count('"') % 2:
        return False
    for sign in ("**", "__", "~~"):
        if bare.count(sign) % 2:
            return False
        bare = bare.replace(sign, "")
    return not (len(_STAR.findall(bare)) % 2 or len(_LOW.findall(bare)) % 2)
