"""`users.getProfile`, `history.list`, `watch` and `stop`: how a mailbox's changes are followed."""

import re
from typing import Any, Literal

from msgspec import Struct

from sandbox.gmail import pictures
from sandbox.gmail.call import Call, Done, invalid, not_found, paged
from sandbox.gmail.facts import Event, Unwatched, Watch, Watched
from sandbox.gmail.published import WATCH

_TOPIC = re.compile(r"projects/[a-z][a-z0-9-]{4,62}/topics/[A-Za-z][A-Za-z0-9._~+%-]{2,254}\Z")
_KINDS = {
    "messageAdded": "messagesAdded", "messageDeleted": "messagesDeleted", "labelAdded": "labelsAdded",
    "labelRemoved": "labelsRemoved",
}  # fmt: skip


class Wanted(Struct, frozen=True):
    """What a watch is asked for with."""

    topicName: str = ""  # noqa: N815 - Google's name
    labelIds: tuple[str, ...] = ()  # noqa: N815 - Google's name
    labelFilterBehavior: Literal["", "include", "exclude", "INCLUDE", "EXCLUDE"] = ""  # noqa: N815 - Google's name
    labelFilterAction: Literal["", "include", "exclude", "INCLUDE", "EXCLUDE"] = ""  # noqa: N815 - Google's name


def profile(call: Call) -> Done:
    """`getProfile`."""
    mails = call.box.mails.values()
    return Done({
        "emailAddress": call.mailbox.id, "messagesTotal": len(mails), "threadsTotal": len({m.thread for m in mails}),
        "historyId": str(call.box.history),
    })  # fmt: skip


def listed(call: Call) -> Done:
    """`history.list`: records after an id. What is too old, or was never given out: 404."""
    start, kinds, label = call.word("startHistoryId"), call.all("historyTypes"), call.word("labelId")
    if not start:
        raise invalid("Missing required parameter: startHistoryId")
    if not (start.isascii() and start.isdecimal()) or len(start) > 20:
        raise invalid("Invalid value at 'start_history_id' (TYPE_UINT64)")
    if any(kind not in _KINDS for kind in kinds):
        raise invalid("Invalid value at 'history_types'")
    if not call.box.oldest(call.edit.now) <= int(start) <= call.box.history:
        raise not_found()
    events = [
        event
        for event in call.box.events
        if event.id > int(start) and (not kinds or event.kind in kinds) and (not label or label in _labels(call, event))
    ]
    page, following = paged(call, events)
    body: dict[str, Any] = {"history": [_record(call, event) for event in page]} if page else {}
    more = {"nextPageToken": following} if following else {}
    return Done({**body, **more, "historyId": str(call.box.history)})


def watch(call: Call) -> Done:
    """`watch`: for seven days. The first push follows at once."""
    given = call.given(Wanted)
    if not _TOPIC.match(given.topicName):
        raise invalid("Invalid topicName does not match projects/*/topics/*")
    exclude = (given.labelFilterBehavior or given.labelFilterAction).lower() == "exclude"
    until = call.edit.now + WATCH
    call.edit.changes.append(Watched(Watch(call.mailbox.id, given.topicName, given.labelIds, exclude, until)))
    return call.done({"historyId": str(call.box.history), "expiration": str(int(until * 1000))})


def stop(call: Call) -> Done:
    """`stop`."""
    call.edit.changes.append(Unwatched(call.mailbox.id))
    return call.done(None)


def concerns(watched: Watch, labels: tuple[str, ...]) -> bool:
    """Whether a change of a mail with these labels is published."""
    return not watched.labels or bool(set(watched.labels) & set(labels)) != watched.exclude


def _labels(call: Call, event: Event) -> tuple[str, ...]:
    mail = call.box.mails.get(event.mail)
    return (*event.labels, *(mail.labels if mail is not None else ()))


def _record(call: Call, event: Event) -> dict[str, Any]:
    brief = {"id": event.mail, "threadId": event.thread}
    mail = call.box.mails.get(event.mail)
    whole = brief if mail is None else pictures.sent(mail)
    told: dict[str, Any] = {"message": whole}
    if event.kind in {"labelAdded", "labelRemoved"}:
        told["labelIds"] = list(event.labels)
    elif event.kind == "messageAdded" and mail is None:
        told = {"message": {**brief, "labelIds": list(event.labels)}}
    return {"id": str(event.id), "messages": [brief], _KINDS[event.kind]: [told]}
