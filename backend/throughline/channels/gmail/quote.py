"""What is new in an answer: quotes, what introduces them, and signatures are left out.

mail-parser-reply knows how mail programs of 13 languages introduce a quote. Its patterns are cubic in a line, its other
parts take lists for signatures, and it fails where the line is wrapped (French, Spanish). So it is only asked about
single introductions: found by their verb, joined from at most four lines, at most 280 characters, at most 8 a mail.

Nothing is lost by a wrong guess: what is cut here stays in Gmail, in the mail that the message's key names.
"""

import re

from mailparser_reply.constants import MAIL_LANGUAGES  # type: ignore[import-untyped] # it has none
from mailparser_reply.parser import EmailMessage  # type: ignore[import-untyped]

#: Characters of a text that are read, more than a conversation keeps of a message; and lines that are looked at.
MOST, _LINES = 65_536, 2_500
#: An introduction: characters, lines it may be wrapped over, and how many are tried.
_LONGEST, _WRAPPED, _TRIED = 280, 4, 8

_HEADERS = EmailMessage("", languages=list(MAIL_LANGUAGES)).HEADER_REGEX
#: How it ends: a verb, perhaps a name behind it, a colon.
_VERB = re.compile(
    r"(?:wrote|schrieb|écrit|escribi[óo]|escreveu|scritto|schreef|skrev|napsal|napisał|kirjoitti|написал|пише|пишет"
    r"|yazdı|写道|寫道|작성|のメール)|>",
    re.IGNORECASE,
)
#: Introductions that the library does not know, on one line.
_MORE = re.compile(
    r"(?:Em|No dia|A) .{4,200}escreveu ?:|(?:Op|El|Le) .{4,200}(?:schreef .{1,100}|escribió|a écrit) ?:"
    r"|.{4,200}<[^<>\s]{3,100}>,? (?:escribió|escreveu|napisał\(a\)|napsal(?:\(a\))?|kirjoitti|a écrit|wrote|пишет"
    r"|написала?|şunu yazdı) ?:|.{0,100}\d{4}[年/].{4,200}(?:写道|寫道|のメール) ?[:：]"
    r"|\d{4}년 .{4,200}작성(?:하였습니다|함)? ?:|.{4,100}\d[:.]\d\d.{0,100}<[^<>\s]{3,100}>:",
    re.IGNORECASE,
)
_LABEL = re.compile(r"[*_ ]{0,3}[^\W\d_][^\n:：@]{0,18}[:：]")
_SEPARATOR = re.compile(
    r"_{10,}|-{3,} ?(?:original message|ursprüngliche nachricht|message d'origine|mensaje original"
    r"|messaggio originale|mensagem original|oorspronkelijk bericht) ?-{3,}",
    re.IGNORECASE,
)
#: A mail handed on: what follows is what its sender wants to be read.
_FORWARDED = re.compile(
    r"-{2,} ?(?:forwarded message|weitergeleitete nachricht|forwarded by .{1,60}|mensaje reenviado|message transféré"
    r"|messaggio inoltrato|mensagem encaminhada|doorgestuurd bericht) ?-{2,}|begin forwarded message ?:"
    r"|anfang der weitergeleiteten nachricht ?:|début du message (?:transféré|réexpédié) ?:",
    re.IGNORECASE,
)
_SENT_FROM = re.compile(
    r"(?:sent from (?:my|mail for|outlook|yahoo|proton)|get outlook for|gesendet (?:von|mit)"
    r"|von meinem .{1,20} gesendet|envoyé (?:de|depuis)|enviado (?:desde|do)|obtener outlook|obter o outlook"
    r"|inviato da|verzonden vanaf"
    r"|skickat från|sendt fra|odesláno z|wysłano z|holen sie sich outlook|télécharger outlook"
    r"|diese nachricht wurde von mein)[^\n]{0,90}",
    re.IGNORECASE,
)
#: Lines of a signature under `-- `; what is longer is no signature.
_SIGNATURE = 12
_SPACE = re.compile("[ \t\xa0\u202f\u2009]+")


def new(text: str) -> str:
    """What its writer added. Where that would be nothing, all of it. `text` as `clean.text` gives it."""
    lines = text[:MOST].split("\n", _LINES)
    rest = lines.pop() if len(lines) > _LINES else ""
    tried = 0
    for _ in range(3):
        found, tried = _introduced(lines, tried)
        if found is None:
            break
        lines = lines[: found[0]] + _below(lines[found[1] :])
    kept = "\n".join(_signed([line for line in lines if not line.startswith(">")]))
    whole = f"{kept}\n{rest}" if rest else kept
    return re.sub(r"\n{3,}", "\n\n", whole).strip() or text[:MOST].strip()


def _introduced(lines: list[str], tried: int) -> tuple[tuple[int, int] | None, int]:
    """The first introduction of a quote: from which line to which; and how many were looked at."""
    for n, raw in enumerate(lines):
        if len(raw) > _LONGEST or not raw:
            continue
        if _FORWARDED.match(raw.lstrip("> ")):
            return None, tried
        line = raw.rstrip("* \t\xa0")
        if line.endswith((":", "：")) and not line.startswith(">") and (_VERB.search(line) or _quoting(lines, n)):
            tried += 1
            begun = _begun(lines, n)
            if begun is not None:
                return (begun, n + 1), tried
        elif _SEPARATOR.fullmatch(line.strip()) or _LABEL.match(line):
            tried += 1
            if _letterhead(lines, n):
                return (n, len(lines)), tried
        if tried >= _TRIED:
            break
    return None, tried


def _begun(lines: list[str], n: int) -> int | None:
    """Where an introduction begins that ends in line `n`. None: it is none."""
    joined = ""
    for back in range(min(_WRAPPED, n + 1)):
        line = lines[n - back]
        if not line.strip() or len(line) + len(joined) > _LONGEST:
            break
        joined = _SPACE.sub(" ", f"{line.strip()} {joined}").strip(" *")
        if not any(character.isdigit() or character == "@" for character in joined):
            continue
        if _HEADERS.match(joined) or _MORE.fullmatch(joined):
            return n - back
    # In a language that nobody listed: a line with a date or an address, a colon, and then the quote.
    last = lines[n]
    return n if _quoting(lines, n) and ("@" in last or re.search(r"\d{1,2}[:.]\d\d", last)) else None


def _quoting(lines: list[str], n: int) -> bool:
    """Whether a quote follows line `n`."""
    return any(line.startswith(">") for line in lines[n + 1 : n + 3])


def _letterhead(lines: list[str], n: int) -> bool:
    """Whether Outlook's header of the mail that it answers begins in line `n`: a rule, or From, Sent, To, Subject.

    `From: Paris`, `To: London` is what a traveller writes: a rule above it or an address in it is needed.
    """
    separated = not _LABEL.match(lines[n])
    head = [line.strip(" *")[:_LONGEST] for line in lines[n + separated : n + separated + 8] if line.strip()][:6]
    labels = sum(_LABEL.match(line) is not None for line in head)
    if labels < (2 if separated else 3):
        return separated and lines[n].strip().startswith("-")
    return (separated or any("@" in line for line in head)) and _HEADERS.search("\n" + "\n".join(head)) is not None


def _below(lines: list[str]) -> list[str]:
    """What somebody wrote between and under the lines of a quote. Nothing where the quote is not marked by `>`."""
    first = next((line for line in lines if line.strip()), "")
    if not first.startswith(">"):
        return []
    kept: list[str] = []
    quoted = True
    for line in lines:
        if line.startswith(">"):
            quoted = True
        elif not line.strip():
            quoted = False
            kept.append("")
        elif not quoted:
            # The end of a long quoted line stands right under it; an answer stands apart.
            kept.append(line)
    return kept


def _signed(lines: list[str]) -> list[str]:
    """Without what stands under `-- ` (RFC 3676 §4.3), and without `Sent from my phone` at the end."""
    cut = next((n for n, line in enumerate(lines) if line.rstrip() == "--" and len(lines) - n <= _SIGNATURE), None)
    kept = lines if cut is None else lines[:cut]
    for _ in range(2):
        while kept and not kept[-1].strip():
            kept = kept[:-1]
        if not kept or not _SENT_FROM.fullmatch(kept[-1].strip()[:_LONGEST]):
            break
        kept = kept[:-1]
    return kept
