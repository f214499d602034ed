"""What Google publishes of the methods: where they are, what they cost, which scopes let one in.

Paths and scopes are the discovery document's (revision 20261005; a test compares them). Costs are those of the quota
page for projects since 2026-05-01 where we know them, of the older table elsewhere. Limits: 6,000 units a minute and
mailbox, 36,700,160 bytes of a mail.
"""

from msgspec import Struct

#: Quota units that an app may use of a mailbox within a minute.
UNITS, MINUTE = 6_000, 60.0
#: Bytes of a mail that is handed in.
MAX_MAIL = 36_700_160
#: Seconds: an access token's life, a watch's, how long history can be asked for, and a code's life.
ACCESS, WATCH, HISTORY, CODE = 3_599, 604_800.0, 604_800.0, 600.0
#: Things in one answer: where nobody says, and at most.
PAGE, MOST = 100, 500

SYSTEM_LABELS = (
    "CHAT", "SENT", "INBOX", "IMPORTANT", "TRASH", "DRAFT", "SPAM", "CATEGORY_FORUMS", "CATEGORY_UPDATES",
    "CATEGORY_PERSONAL", "CATEGORY_PROMOTIONS", "CATEGORY_SOCIAL", "STARRED", "UNREAD",
)  # fmt: skip
#: Labels that nobody can put on or take off.
FIXED_LABELS = frozenset({"CHAT", "SENT", "DRAFT"})

FULL = "https://mail.google.com/"
_AUTH = "https://www.googleapis.com/auth/gmail."


class Method(Struct, frozen=True):
    """One method. `path` is below `/gmail/v1/users/{userId}/`."""

    verb: str
    path: str
    units: int
    scopes: frozenset[str]
    #: It takes a mail by `/upload`, too.
    upload: bool = False


def _of(names: str) -> frozenset[str]:
    return frozenset({FULL, *(_AUTH + name for name in names.split())})


_WATCH = _of("metadata modify readonly")
_ADDON = " addons.current.message.action addons.current.message.readonly"
_SEES = _of(f"metadata modify readonly addons.current.message.metadata{_ADDON}")
_FILES = _of(f"modify readonly{_ADDON}")
_WRITES = _of("compose modify addons.current.action.compose")
_DRAFTS = _of("compose modify readonly")
_LABELS, _LABEL = _of("labels metadata modify readonly"), _of("labels modify")
_MODIFY, _ALL = _of("modify"), _of("")

METHODS: dict[str, Method] = {
    "getProfile": Method("GET", "profile", 1, _of("compose metadata modify readonly")),
    "watch": Method("POST", "watch", 100, _WATCH),
    "stop": Method("POST", "stop", 50, _WATCH),
    "history.list": Method("GET", "history", 2, _WATCH),
    "messages.list": Method("GET", "messages", 5, _WATCH),
    "messages.get": Method("GET", "messages/{id}", 20, _SEES),
    "messages.attachments.get": Method("GET", "messages/{messageId}/attachments/{id}", 20, _FILES),
    "messages.send": Method("POST", "messages/send", 100, _WRITES | _of("send"), upload=True),
    "messages.insert": Method("POST", "messages", 25, _of("insert modify"), upload=True),
    "messages.modify": Method("POST", "messages/{id}/modify", 5, _MODIFY),
    "messages.trash": Method("POST", "messages/{id}/trash", 5, _MODIFY),
    "messages.untrash": Method("POST", "messages/{id}/untrash", 5, _MODIFY),
    "messages.delete": Method("DELETE", "messages/{id}", 10, _ALL),
    "messages.batchModify": Method("POST", "messages/batchModify", 50, _MODIFY),
    "messages.batchDelete": Method("POST", "messages/batchDelete", 50, _ALL),
    "threads.list": Method("GET", "threads", 10, _WATCH),
    "threads.get": Method("GET", "threads/{id}", 40, _SEES),
    "threads.modify": Method("POST", "threads/{id}/modify", 10, _MODIFY),
    "threads.trash": Method("POST", "threads/{id}/trash", 10, _MODIFY),
    "threads.untrash": Method("POST", "threads/{id}/untrash", 10, _MODIFY),
    "threads.delete": Method("DELETE", "threads/{id}", 20, _ALL),
    "drafts.create": Method("POST", "drafts", 10, _WRITES, upload=True),
    "drafts.list": Method("GET", "drafts", 5, _DRAFTS),
    "drafts.get": Method("GET", "drafts/{id}", 20, _DRAFTS),
    "drafts.update": Method("PUT", "drafts/{id}", 15, _WRITES, upload=True),
    "drafts.delete": Method("DELETE", "drafts/{id}", 10, _WRITES),
    "drafts.send": Method("POST", "drafts/send", 100, _WRITES, upload=True),
    "labels.list": Method("GET", "labels", 1, _LABELS),
    "labels.get": Method("GET", "labels/{id}", 1, _LABELS),
    "labels.create": Method("POST", "labels", 5, _LABEL),
    "labels.update": Method("PUT", "labels/{id}", 5, _LABEL),
    "labels.patch": Method("PATCH", "labels/{id}", 5, _LABEL),
    "labels.delete": Method("DELETE", "labels/{id}", 5, _LABEL),
}  # fmt: skip
