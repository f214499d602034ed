"""Words without marks, their addresses behind them. Pure."""

from collections.abc import Sequence

from throughline.markup.tree import Break, Code, Inline, Link, Mark, Text

#: Signs that are not seen, put in so that words do not become marks.
SEAM = "\u200b"


def told(inlines: Sequence[Inline]) -> str:
    """All that a line says."""
    said: list[str] = []
    for one in inlines:
        match one:
            case Text(text) | Code(text):
                said.append(text)
            case Break():
                said.append("\n")
            case Mark(_, inside):
                said.append(told(inside))
            case Link(href, inside):
                said.append(behind(told(inside).replace("\n", " "), href))
    return "".join(said)


def behind(label: str, href: str) -> str:
    """`words (address)`; the address alone where the words say no more. What is in a `data:` address is nobody's."""
    if href.lower().startswith("data:"):
        return label
    address = href.removeprefix("mailto:")
    said = label.replace(SEAM, "").strip()
    return address if said in {"", href, address} else f"{label} ({address})" if address else label
