"""Which mails are never answered: those of machines, of lists, and our own.

Source: RFC 3834 (recommendations for automatic responses), RFC 2919 and 2369 (lists), RFC 6522 (reports), and what
Exchange and vacation programs write.
"""

import re
from collections.abc import Collection, Mapping

#: Set on every mail of ours: `<conversation>/<message>/<piece>`.
OURS = "x-throughline-message"
#: Nobody reads there.
_NOBODY = re.compile(
    r"(?:mailer-daemon|postmaster|mail-daemon|(?:no|do-?not|never)[._-]?reply|bounces?|abuse-noreply)(?:[+._=-].*)?",
    re.DOTALL,
)
_PRECEDENCE = frozenset({"bulk", "junk", "list", "auto_reply"})
#: Gmail's labels of what is not a mail for us. SENT is asked about before: what we sent tells what became of it.
_LABELS = {"SENT": "sent", "DRAFT": "draft", "CHAT": "chat", "SPAM": "spam", "TRASH": "deleted"}
_SUPPRESS = re.compile(r"\b(?:all|oof|autoreply)\b", re.IGNORECASE)


def labelled(labels: Collection[str]) -> str | None:
    """Why Gmail's labels say that this is not for us, as a code."""
    return next((code for label, code in _LABELS.items() if label in labels), None)


def automatic(headers: Mapping[str, list[str]]) -> str | None:
    """Why a mail with these headers (names in lower case) comes from a machine or a list, as a code."""
    if OURS in headers:
        return "our_own"
    for value in headers.get("auto-submitted", ()):
        if value.partition(";")[0].strip().lower() not in {"no", ""}:
            return "auto_submitted"
    if any(value.strip().lower() in _PRECEDENCE for value in headers.get("precedence", ())):
        return "precedence"
    if "list-id" in headers or "list-unsubscribe" in headers or "list-post" in headers:
        return "list"
    if "x-autoreply" in headers or "x-autorespond" in headers or "x-autoresponder" in headers:
        return "auto_reply"
    if any(_SUPPRESS.search(value[:200]) for value in headers.get("x-auto-response-suppress", ())):
        return "auto_response_suppressed"
    if any(value.strip() == "<>" for value in headers.get("return-path", ())):
        return "no_return_path"
    if any(value.strip().lower().startswith("multipart/report") for value in headers.get("content-type", ())):
        return "report"
    return None


def nobody(address: str) -> bool:
    """Whether nobody reads there. In lower case."""
    return _NOBODY.fullmatch(address.rpartition("@")[0]) is not None


def own(address: str, mailbox: str, aliases: Collection[str]) -> bool:
    """Whether this is an address of ours, whatever is behind its plus."""
    return _base(address) in {_base(mailbox), *(_base(alias) for alias in aliases)}


def _base(address: str) -> str:
    """An address without its tag; at Gmail itself dots do not count either."""
    local, _, domain = address.strip().lower().rpartition("@")
    local = local.partition("+")[0]
    if domain in {"gmail.com", "googlemail.com"}:
        return local.replace(".", "") + "@gmail.com"
    return f"{local}@{domain}"
