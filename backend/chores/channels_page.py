"""The tables of what channels can do, in docs/channels/index.md and README.md: made from their capabilities.

`python -m chores.channels_page` writes both anew between the marks. It needs what is installed, so it is a program of
its own.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from chores.places import DOCS, ROOT

if TYPE_CHECKING:
    from throughline.conversation.channel import Capabilities
    from throughline.ports import Channel

OVERVIEW, README = DOCS / "channels" / "index.md", ROOT / "README.md"
#: A table of a page stands between `<!-- table: NAME -->` and `<!-- end -->`.
_BEGIN, _END = "<!-- table: {} -->\n\n", "\n<!-- end -->"
_KINDS = {"image": "pictures", "audio": "sound", "video": "video", "": "others"}
_LIVE = ("channel", "text while it is written", "edits", "typing", "receipts", "who may begin", "window")
_LIMITS = ("channel", "characters a message", "buttons", "without a public address", "a send in doubt ends by")


def renewed() -> dict[Path, str]:
    """Both pages with their tables as they are now."""
    return {
        OVERVIEW: _set(_set(_set(OVERVIEW, "live", live()), "files", files()), "limits", limits()),
        README: _set(README, "all", whole("docs/channels/")),
    }


def live() -> str:
    """What people notice."""
    from throughline.conversation.channel import WEB

    return _table(_LIVE, [("Web", *_noticed(WEB)), *((name, *_noticed(c.capabilities)) for name, c in _named())])


def files() -> str:
    """What goes along with a message."""
    from throughline.conversation.files import MOST, MOST_FILES

    web = ("Web", str(MOST_FILES), *[_size(MOST)] * len(_KINDS))
    head = ("channel", "files of a message", *_KINDS.values())
    return _table(head, [web, *((name, *_sizes(c.capabilities)) for name, c in _named())])


def limits() -> str:
    """What who sets it up wants to know."""
    from throughline.conversation.policy import Policy

    web = ("Web", f"{Policy().message_characters:,}", "none", "yes", "our own log")
    return _table(_LIMITS, [web, *((name, *_bounds(channel)) for name, channel in _named())])


def whole(folder: str) -> str:
    """What people notice and what goes along, in one. `folder`: where the pages are, from the page that it is on."""
    from throughline.conversation.channel import WEB
    from throughline.conversation.files import MOST, MOST_FILES

    web = ("Web", *_noticed(WEB), f"{MOST_FILES} of {_size(MOST)}")
    rows = ((name, *_noticed(c.capabilities), _files(c.capabilities)) for name, c in _named(folder))
    return _table((*_LIVE, "files along"), [web, *rows])


def _named(folder: str = "") -> "list[tuple[str, Channel]]":
    """Each channel with its name as a link to its page, in the order of the catalogue."""
    from throughline.channels.catalogue import FACTORIES

    made = {name: factory() for name, factory in FACTORIES.items()}
    several = [c.capabilities.label for c in made.values()]
    return [
        (f"[{_called(c, several.count(c.capabilities.label))}]({folder}{name}.md)", c) for name, c in made.items()
    ]  # fmt: skip


def _called(channel: "Channel", providers: int) -> str:
    label = channel.capabilities.label
    return label if providers == 1 else f"{label} by {channel.provider.title()}"


def _noticed(can: "Capabilities") -> tuple[str, ...]:
    shows = "streams" if can.stream else "a post that is edited" if can.edit else "no"
    window = f"{can.window / 3600:g} h" if can.window else "none"
    begins = "both" if can.start else "they, or we by a template" if can.window else "they"
    return (shows, _yes(can.edit), _yes(can.typing), _yes(can.receipts), begins, window)


def _bounds(channel: "Channel") -> tuple[str, ...]:
    from throughline.ports import Listens, Prepares, Seeks

    can = channel.capabilities
    ends = f"its echo, within {can.echo_wait:g} s" if can.echo_wait else "nothing"
    if isinstance(channel, Seeks):
        ends += ", or by asking"
    if isinstance(channel, Prepares):
        ends = "the same draft again"
    return (f"{can.text:,}", str(can.buttons or "none"), _yes(isinstance(channel, Listens)), ends)


def _sizes(can: "Capabilities") -> tuple[str, ...]:
    """How many, and the largest of each kind."""
    if not can.files:
        return ("as a link", *["as a link"] * len(_KINDS))
    sizes = (_most(can.files, kind) for kind in _KINDS)
    return (str(can.files_count), *(_size(size) if size else "as a link" for size in sizes))


def _files(can: "Capabilities") -> str:
    """The same in one cell."""
    count, *sizes = _sizes(can)
    if len(set(sizes)) == 1:
        return sizes[0] if sizes[0] == count else f"{count} of {sizes[0]}"
    told = [f"{word} {size}" for word, size in zip(_KINDS.values(), sizes, strict=True) if size[0].isdigit()]
    return f"{count}: {', '.join(told)}"


def _most(files: Mapping[str, int], kind: str) -> int:
    """Bytes of the largest of a kind; of an empty one, of what is none of the others."""
    kinds = ((name.partition("/")[0], size) for name, size in files.items())
    return max((size for found, size in kinds if (found if found in _KINDS else "") == kind), default=0)


def _size(size: int) -> str:
    """As the provider says it: some count by 1,000, some by 1,024."""
    return f"{size // 1_048_576 if size % 1_024 == 0 else size // 1_000_000} MB"


def _yes(it: bool) -> str:  # noqa: FBT001 - it is said in a word
    return "yes" if it else "no"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = (head, ["---"] * len(head), *rows)
    return "\n".join(f"| {' | '.join(cells)} |".replace(" --- ", "---") for cells in lines) + "\n"


def _set(page: Path | str, name: str, table: str) -> str:
    text = page.read_text(encoding="utf-8") if isinstance(page, Path) else page
    before, begin, rest = text.partition(_BEGIN.format(name))
    if not begin:
        raise ValueError(f"there is no place for the table {name}")
    return f"{before}{begin}{table}{_END}{rest.partition(_END)[2]}"


if __name__ == "__main__":
    for path, words in renewed().items():
        path.write_text(words, encoding="utf-8")
