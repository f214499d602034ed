"""How a piece of an HTML mail looks, as far as it decides whether anybody can see it."""

import re
from collections.abc import Mapping

from msgspec import Struct

#: Rules of style sheets that are looked at, and characters of them.
_RULES, _SHEET = 300, 60_000
#: A name of one element, class or id; longer selectors are not followed.
_SIMPLE = re.compile(r"(?:[a-z][a-z0-9]{0,15})?(?:[.#][a-z_][\w-]{0,60})?", re.IGNORECASE)
_HIDES: Mapping[str, re.Pattern[str]] = {
    "display": re.compile(r"none"),
    "mso-hide": re.compile(r"all"),
    "opacity": re.compile(r"0*\.?0*|0?\.0\d*|0%"),
    "max-height": re.compile(r"[01](?:px|pt|em)?"),
    "max-width": re.compile(r"[01](?:px|pt|em)?"),
    "text-indent": re.compile(r"-\d{3,}.*"),
    "left": re.compile(r"-\d{3,}.*"),
    "top": re.compile(r"-\d{3,}.*"),
    "clip": re.compile(r"rect\((?:0|1)(?:px)?[, ].*"),
    "transform": re.compile(r"scale\(0.*"),
}
_SMALL = re.compile(r"(?:0|1|0?\.\d+|1\.\d+)(?:px|pt)?|0(?:\.0*\d*)?(?:em|rem|%)")
_NAMED = {
    "white": (255, 255, 255), "snow": (255, 250, 250), "ivory": (255, 255, 240), "whitesmoke": (245, 245, 245),
    "ghostwhite": (248, 248, 255), "floralwhite": (255, 250, 240), "azure": (240, 255, 255), "black": (0, 0, 0),
    "mintcream": (245, 255, 250), "aliceblue": (240, 248, 255), "gray": (128, 128, 128), "grey": (128, 128, 128),
    "red": (255, 0, 0), "green": (0, 128, 0), "blue": (0, 0, 255), "navy": (0, 0, 128), "yellow": (255, 255, 0),
}  # fmt: skip
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})\s*(?:[,/]\s*([\d.]+)\s*)?\)")
#: Two colours that differ less in every part are one to an eye.
_ALIKE = 26

Colour = tuple[int, int, int]


class Rules(Struct, frozen=True):
    """What a page's style sheets hide: names of elements, `.classes` and `#ids`, also both joined (`p.x`)."""

    hidden: frozenset[str] = frozenset()


class Look(Struct, frozen=True):
    """What is inherited, and what an element within may set anew."""

    colour: Colour = (0, 0, 0)
    #: None: a picture or a gradient, of which nothing is known.
    ground: Colour | None = (255, 255, 255)
    #: Without a size to read; made invisible.
    small: bool = False
    veiled: bool = False

    @property
    def unseen(self) -> bool:
        """Whether nobody sees text here."""
        if self.small or self.veiled or self.colour == _CLEAR:
            return True
        return self.ground is not None and _alike(self.colour, self.ground)

    def under(self, tag: str, attributes: Mapping[str, str | None], hiding: Rules) -> "Look | None":
        """How an element within looks. None: it is not there, and nothing in it."""
        if not attributes:
            return None if tag in hiding.hidden else self
        if "hidden" in attributes or _named(tag, attributes, hiding):
            return None
        declared = _declared(attributes.get("style") or "")
        if _hides(declared):
            return None
        back = declared.get("background-color") or declared.get("background") or attributes.get("bgcolor") or ""
        size, shown = declared.get("font-size"), declared.get("visibility")
        return Look(
            _colour(declared.get("color") or attributes.get("color") or "") or self.colour,
            _ground(back, self.ground),
            self.small if size is None else _SMALL.fullmatch(size) is not None,
            self.veiled if shown is None else shown in {"hidden", "collapse"},
        )


def _ground(back: str, around: Colour | None) -> Colour | None:
    if not back:
        return around
    # The shorthand begins with its colour, or has none.
    colour = _colour(back) or _colour(back.partition(" ")[0])
    return around if colour == _CLEAR or back in {"none", "inherit", "initial"} else colour


_CLEAR: Colour = (-1, -1, -1)


def rules(sheet: str) -> Rules:
    """What style sheets hide. Selectors of more than one step are not followed."""
    hidden: set[str] = set()
    for block in sheet[:_SHEET].split("}")[:_RULES]:
        selectors, brace, declarations = block.rpartition("{")
        declared = _declared(declarations) if brace else {}
        if not _hides(declared) and not _fades(declared):
            continue
        # Within a media query the selector comes after its own brace.
        for selector in selectors.rpartition("{")[2].split(",")[:20]:
            name = selector.strip().lower()
            if name and len(name) < 80 and _SIMPLE.fullmatch(name):
                hidden.add(name)
    # Nobody hides a whole page.
    return Rules(frozenset(hidden - {"html", "body"}))


def _named(tag: str, attributes: Mapping[str, str | None], hiding: Rules) -> bool:
    if not hiding.hidden:
        return False
    signs = [f".{name}" for name in (attributes.get("class") or "").lower().split()[:10]]
    if attributes.get("id"):
        signs.append(f"#{(attributes['id'] or '').lower()}")
    return tag in hiding.hidden or any(sign in hiding.hidden or tag + sign in hiding.hidden for sign in signs)


def _declared(style: str) -> dict[str, str]:
    """`a: b; c: d !important` by name, in lower case."""
    declared = {}
    for one in style[:2_000].lower().split(";")[:40]:
        name, colon, value = one.partition(":")
        if colon:
            declared[name.strip()] = value.replace("!important", "").strip()
    return declared


def _hides(declared: Mapping[str, str]) -> bool:
    for name in declared.keys() & _HIDES.keys():
        if _HIDES[name].fullmatch(declared[name]):
            # Without a size, but not cut off: it is seen.
            if name in {"max-height", "max-width"} and "hidden" not in declared.get("overflow", ""):
                continue
            return True
    return "hidden" in declared.get("overflow", "") and declared.get("height", "") in {"0", "0px", "1px"}


def _fades(declared: Mapping[str, str]) -> bool:
    """Whether a rule takes away size or sight. What sets them anew within is not looked for."""
    return _SMALL.fullmatch(declared.get("font-size", "")) is not None or declared.get("visibility") == "hidden"


def _colour(value: str) -> Colour | None:
    """A colour by name, `#fff`, `#ffffff` or `rgb()`; `_CLEAR`: none is painted. None: not known."""
    value = value.strip().lower()
    if value in _NAMED:
        return _NAMED[value]
    if value == "transparent":
        return _CLEAR
    if value.startswith("#"):
        digits = value[1:7] if len(value) >= 7 else "".join(2 * digit for digit in value[1:4])
        try:
            return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)
        except ValueError:
            return None
    found = _RGB.match(value)
    if found is None:
        return None
    return _CLEAR if found[4] and found[4].strip("0.") == "" else (int(found[1]), int(found[2]), int(found[3]))


def _alike(one: Colour, other: Colour) -> bool:
    return all(abs(a - b) < _ALIKE for a, b in zip(one, other, strict=True))
