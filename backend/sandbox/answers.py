"""What the demo model says: from the library, kindly, and honest about being a stand-in."""

import re
from typing import Literal

from msgspec import Struct

from sandbox.library import Found, Library

#: An answer's length in words, roughly; and of one that was asked to be long.
SHORT, LONG = 170, 520
_UNSURE = 0.34
_GREETING = re.compile(r"\W*(hi|hello|hey|good (morning|afternoon|evening)|hallo|salut|hola)\b[\w\s,!.]{0,20}\Z", re.I)
_THANKS = re.compile(r"\W*(many |ok,? )?(thanks|thank you|thx|cheers|great|perfect|nice)\b[\w\s,!.]{0,30}\Z", re.I)
_WHO = re.compile(r"\b(who|what) are you\b|\bare you (a |an )?(real|human|person|bot|ai|gpt|model|robot)", re.I)
_WHICH = re.compile(r"\b(which|what) (ai |language )?(model|llm)\b|\bdemo model\b", re.I)
_LONG = re.compile(r"\b(long|detailed|in depth|in detail|thorough|everything|essay|at length)\b", re.I)
_HELP = re.compile(r"\W*(help|what can (you|i) (do|ask)( here)?|menu|start)\W*\Z", re.I)

_HELLO = """Hello! I am Throughline's **built-in demo model**: no real language model, but I know this product's own \
pages and answer from them.

You could ask me, for example:

- How does a conversation move to another channel?
- What happens to my message when the server crashes?
- Why does the text go on streaming after I reload the page?

Or press *Stop* while I write, open a second tab, or close this one: the conversation stays where it is."""
_WELCOME = """You are welcome! If you would like to see something worth seeing, open this conversation in a **second \
tab** and ask for a long answer: both tabs show the same text as it is written."""
_SELF = """I am Throughline's **built-in demo model**. Nobody trained me: I look for the words of your question in \
this product's own documentation and put together what I find there, at about 30 tokens a second, so that everything \
around me can be tried without a key, an account or a bill.

To talk with a real model, set `OPENAI_API_KEY` in `.env` and start again:

```ini
OPENAI_API_KEY=sk-…
OPENAI_MODEL=gpt-4o
# any OpenAI-compatible server works too:
OPENAI_BASE_URL=http://127.0.0.1:11434/v1
```

Everything else stays as it is: the same conversations, the same streaming, the same promises."""
_LOST = """I could not find that in Throughline's pages. I am the **built-in demo model**, so this product is all I \
know about, and I would rather say so than make something up.

I can tell you about:

- how conversations, channels and deliveries work
- what is safe when a server or a browser dies
- how to connect a real model, and how to run and test the product

Try one of those, or set `OPENAI_API_KEY` to let a real model answer questions like yours."""
#: The verdict on every reply that it is asked to judge: a stand-in has no judgement of its own.
VERDICT = '{"problems": [], "grounded": true, "safe": true, "confidence": 0.7}'
_JUDGE = re.compile(r"Answer in JSON.*\bgrounded\b.*\bconfidence\b", re.S)


def wants_verdict(system: str) -> bool:
    """Whether this is the prompt that judges a reply, and not one that writes it."""
    return bool(_JUDGE.search(system))


class Answer(Struct, frozen=True):
    """A text, and how sure the demo model is of it, 0 to 1."""

    text: str
    confidence: float


class Turn(Struct, frozen=True):
    """A message of the conversation as it came in the request."""

    role: Literal["system", "user", "assistant"]
    text: str


def answer(library: Library, turns: list[Turn]) -> Answer:
    """The answer to the last message of the person, with an eye on the one before."""
    asked = [turn.text for turn in turns if turn.role == "user"]
    question, before = (asked[-1] if asked else ""), (asked[-2] if len(asked) > 1 else "")
    for pattern, text in ((_GREETING, _HELLO), (_HELP, _HELLO), (_THANKS, _WELCOME), (_WHO, _SELF), (_WHICH, _SELF)):
        if pattern.search(question):
            return Answer(text, 0.97)
    long = bool(_LONG.search(question))
    found = library.search(_LONG.sub("", question), before, most=8 if long else 3)
    if long and not (found and found[0].cover >= _UNSURE):
        found = library.search("conversation log channel stream turn delivery crash", most=8)
        return Answer(_compose(found, LONG), 0.55)
    if not found or found[0].cover < _UNSURE:
        return Answer(_LOST, 0.31)
    sure = min(0.96, 0.45 + found[0].cover / 2)
    return Answer(_compose(found if long else _close(found), LONG if long else SHORT), round(sure, 2))


def _close(found: list[Found]) -> list[Found]:
    """The best one, and a second only where it fits nearly as well."""
    return found[: 2 if len(found) > 1 and found[1].score > found[0].score * 0.8 else 1]


def _compose(found: list[Found], limit: int) -> str:
    parts: list[str] = []
    room = limit
    for n, item in enumerate(found):
        if n and room < 40:
            break
        body = _cut(item.section.text, room)
        room -= len(body.split())
        bare = n == 0 and not body.startswith(("```", "|", "-", ">"))
        parts.append(body if bare else f"**{item.section.title}**\n\n{body}")
    pages = list(dict.fromkeys(f"*{f.section.title}* ({f.section.page})" for f in found[: len(parts)]))
    return "\n\n".join([*parts, f"From {', '.join(pages[:3])}."])


def _cut(text: str, limit: int) -> str:
    """Whole blocks (paragraphs, lists, tables, fences) up to about `limit` words, at least the first one."""
    blocks: list[str] = []
    taken = 0
    for block in _blocks(text):
        size = len(block.split())
        if blocks and taken + size > limit:
            break
        blocks.append(block)
        taken += size
    if blocks and blocks[-1].rstrip().endswith(":") and len(blocks) > 1:
        blocks.pop()
    return "\n\n".join(blocks)


def _blocks(text: str) -> list[str]:
    blocks: list[str] = []
    lines: list[str] = []
    fenced = False
    for line in [*text.splitlines(), ""]:
        fenced ^= line.lstrip().startswith("```")
        if line.strip() or fenced:
            lines.append(line)
        elif lines:
            blocks.append("\n".join(lines))
            lines = []
    return blocks
