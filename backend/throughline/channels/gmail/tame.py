"""HTML that a parser can take in no time, whatever somebody wrote.

A standards' parser is quadratic, or worse, in what only an attacker writes: 7 kB of `<b id=1><b id=2>…<p><p>…` make a
quarter of a million nodes, 200 kB of attributes take a second. So a page is written anew before it is parsed:
formatting elements become `span` (they are what is repeated), of attributes only those stay that say what is seen,
scripts and their like go, and it ends after so many tags. What it says stays as it was.
"""

import re

#: Characters, tags and attributes of one page that are read.
MOST, _TAGS, _ATTRIBUTES = 262_144, 1_200, 2_500
#: Elements in which nobody reads text. A style's text is kept apart: it may hide what follows.
_UNREAD = frozenset(
    {"script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "noscript", "template", "svg",
     "math", "object", "applet", "select", "audio", "video", "plaintext"}
)  # fmt: skip
#: Elements that a parser opens again in every block, and others that only say how words look.
_FORMATTING = frozenset(
    {
        "a",
        "b",
        "big",
        "code",
        "em",
        "font",
        "i",
        "nobr",
        "s",
        "small",
        "strike",
        "strong",
        "tt",
        "u",
        "marquee",
        "button",
    }
)
_SEEN = frozenset({"style", "class", "id", "href", "type", "color", "bgcolor", "hidden"})
_NAME = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]{0,40})(?=[\s/>])")
_ATTRIBUTE = re.compile(r"""[\s/]*([^\s=/>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?""")
_END = re.compile(r"[^>]*>")
#: Characters of one attribute that are read.
_VALUE = 2_000


def tamed(html: str) -> tuple[str, str]:
    """The page written anew, and the text of its styles."""
    html = html[:MOST]
    kept: list[str] = []
    styles: list[str] = []
    at, tags, attributes = 0, 0, 0
    while tags < _TAGS and attributes < _ATTRIBUTES:
        start = html.find("<", at)
        if start < 0:
            kept.append(html[at:])
            break
        kept.append(html[at:start])
        tags += 1
        name = _NAME.match(html, start)
        if name is None:
            at = _past(html, start, kept)
            continue
        element = name[2].lower()
        read, attributes, at = _attributes(html, name.end(), attributes)
        if element in _UNREAD:
            if not name[1]:
                at = _unread(html, at, element, styles)
            continue
        element = "span" if element in _FORMATTING else element
        kept.append(f"<{name[1]}{element}{'' if name[1] else read}>")
    return "".join(kept), "".join(styles)


def _past(html: str, start: int, kept: list[str]) -> int:
    """Where it goes on after `<` that begins no element: a comment, a declaration, or just the sign."""
    if html.startswith("<!--", start):
        end = html.find("-->", start + 4)
        return end + 3 if end >= 0 else len(html)
    if html.startswith(("<!", "<?", "</"), start):
        end = html.find(">", start)
        return end + 1 if end >= 0 else len(html)
    kept.append("&lt;")
    return start + 1


def _attributes(html: str, at: int, count: int) -> tuple[str, int, int]:
    """The attributes that stay, how many there were, and where the tag ends."""
    kept: dict[str, str] = {}
    while (found := _ATTRIBUTE.match(html, at)) is not None and count < _ATTRIBUTES:
        count += 1
        at = found.end()
        name = found[1].lower()
        if name in _SEEN and name not in kept:
            value = found[2] or found[3] or found[4] or ""
            kept[name] = value[:_VALUE].replace('"', "&quot;").replace("<", "&lt;")
    end = _END.match(html, at)
    read = "".join(f' {name}="{value}"' for name, value in kept.items())
    return read, count, end.end() if end else len(html)


def _unread(html: str, at: int, element: str, styles: list[str]) -> int:
    """Where it goes on after an element that nobody reads."""
    closing = re.compile(rf"</{element}(?=[\s/>])[^>]*>?", re.IGNORECASE).search(html, at)
    if element == "style":
        styles.append(html[at : closing.start() if closing else len(html)])
    return closing.end() if closing else len(html)
