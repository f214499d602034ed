"""The page of outcomes, docs/reference/outcomes.md: made from the very cases that the tests run.

`python -m tests.channels.outcomes` writes it anew.
"""

from collections.abc import Sequence
from pathlib import Path

from throughline.channels.catalogue import FACTORIES
from throughline.conversation.channel import Accepted, NotSent, Refused

from .answers import CASES, UNREACHABLE, WORDS
from .clocks import JUMPS, taken
from .told import TOLD

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "outcomes.md"

_HEAD = """# Outcomes: what a provider may answer, and what becomes of it

Made from the cases of the tests by `just schema`; do not edit. Each row is run against every channel over a real
socket, or against a real store.

| class | what it means | what is done |
|---|---|---|
| accepted | the provider has it, under an id | its receipts are waited for, where the channel has them |
| not sent | it reached nobody, surely | tried again after a pause, or after the `Retry-After`; then it fails over |
| refused | it will never be taken | it fails over at once; a refused credential closes the account |
| in doubt | it may have arrived | its echo is awaited, the provider asked, then the organisation's policy decides |

## Answers to a send

A call has ten seconds, an answer a megabyte, a redirect is never followed, and whatever comes back there was one
request on the wire.

"""
_TOLD = """
## What is told afterwards

A receipt finds its row by our own mark or by the provider's id. States only climb: whatever is told twice, out of
order or late changes nothing that is further already.

"""
_CLOCKS = """
## When clocks jump

A signed webhook, read while our clock is wrong by so much. Where the provider signs the time, it is refused for as
long as the clock is wrong, and the provider tries again.

"""
_JUMPED = """
Of what is under way: leases' safety, paces and time limits go by a clock that does not jump. Waits that outlive the
process (an echo's, a retry's) are kept as times: when the clock jumps ahead they are over at once, and a send in doubt
is asked about sooner; when it jumps back they last longer, until it is set right. Neither sends anything twice.
"""


def page() -> str:
    """All of it."""
    return f"{_HEAD}{answers()}{_TOLD}{told()}{_CLOCKS}{clocks()}{_JUMPED}"


def answers() -> str:
    """What each answer comes to, channel by channel where they differ."""
    folders = tuple(FACTORIES)
    rows: list[Sequence[str]] = [
        ("it is taken, with an id", *[WORDS[Accepted]] * len(folders)),
        ("it is refused for a reason that stays", *[WORDS[Refused]] * len(folders)),
        ("the credential is refused", *[WORDS[Refused]] * len(folders)),
        *((name, *[WORDS[NotSent]] * len(folders)) for name in UNREACHABLE),
        *((case.name, *(WORDS[case.of(folder)] for folder in folders)) for case in CASES),
    ]
    return _table(("answer", *(f"[{folder}](../channels/{folder}.md)" for folder in folders)), rows)


def told() -> str:
    """What a row is after receipts, in any order."""
    rows = [(one.name, one.was, ", ".join(one.receipts), one.becomes) for one in TOLD]
    return _table(("case", "it was", "told", "it is"), rows)


def clocks() -> str:
    """What is read by a clock that is wrong."""
    rows = [(name, *(_read(taken(folder, seconds)) for folder in FACTORIES)) for name, seconds in JUMPS.items()]
    return _table(("our clock is", *FACTORIES), rows)


def _read(yes: bool) -> str:
    return "read" if yes else "refused"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = (head, ["---"] * len(head), *rows)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
