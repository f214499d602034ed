"""`users.labels`: Gmail's own, and those that the mailbox's owner made."""

from typing import Any, Literal

from msgspec import Struct

from sandbox.gmail.call import Call, Done, Refused, invalid, not_found
from sandbox.gmail.facts import Label, LabelGone, LabelSet
from sandbox.gmail.published import SYSTEM_LABELS

_MOST = 500


class Given(Struct, frozen=True):
    """A label as callers hand it in; what is missing stays as it is."""

    name: str = ""
    labelListVisibility: Literal["", "labelShow", "labelShowIfUnread", "labelHide"] = ""  # noqa: N815 - Google's name
    messageListVisibility: Literal["", "show", "hide"] = ""  # noqa: N815 - Google's name


def listed(call: Call) -> Done:
    """`labels.list`."""
    system = [_system(name) for name in SYSTEM_LABELS]
    return Done({"labels": [*system, *(_own(label) for label in call.box.labels.values())]})


def got(call: Call) -> Done:
    """`labels.get`, with how much has it."""
    name = call.path["id"]
    shown = _system(name) if name in SYSTEM_LABELS else _own(_label(call))
    mails = [mail for mail in call.box.mails.values() if name in mail.labels]
    unread = [mail for mail in mails if "UNREAD" in mail.labels]
    counts = {
        "messagesTotal": len(mails), "messagesUnread": len(unread),
        "threadsTotal": len({mail.thread for mail in mails}), "threadsUnread": len({mail.thread for mail in unread}),
    }  # fmt: skip
    return Done({**shown, **counts})


def created(call: Call) -> Done:
    """`labels.create`."""
    given = call.given(Given)
    if len(call.box.labels) >= _MOST:
        raise invalid("Too many labels")
    number = 1 + max((int(name.partition("_")[2]) for name in call.box.labels), default=0)
    return _set(call, Label(f"Label_{number}", ""), given)


def updated(call: Call) -> Done:
    """`labels.update` and `labels.patch`."""
    return _set(call, _label(call), call.given(Given))


def deleted(call: Call) -> Done:
    """`labels.delete`: it is taken off every mail."""
    label = _label(call)
    for mail in list(call.box.mails.values()):
        call.edit.label(mail, (), (label.id,))
    call.edit.changes.append(LabelGone(call.mailbox.id, label.id))
    return call.done(None)


def _set(call: Call, old: Label, given: Given) -> Done:
    name = given.name or old.name
    taken = {label.name.lower() for label in call.box.labels.values() if label.id != old.id}
    if not name or len(name) > 225:
        raise invalid("Invalid label name")
    if name.lower() in taken or name.upper() in SYSTEM_LABELS:
        raise Refused(409, "aborted", "Label name exists or conflicts")
    label = Label(
        old.id, name, given.labelListVisibility or old.list_visibility,
        given.messageListVisibility or old.message_visibility,
    )  # fmt: skip
    call.edit.changes.append(LabelSet(call.mailbox.id, label))
    return call.done(_own(label))


def _label(call: Call) -> Label:
    name = call.path["id"]
    if name in SYSTEM_LABELS:
        raise invalid("Invalid label: system labels stay as they are")
    if name not in call.box.labels:
        raise not_found()
    return call.box.labels[name]


def _system(name: str) -> dict[str, Any]:
    return {"id": name, "name": name, "type": "system"}


def _own(label: Label) -> dict[str, Any]:
    return {
        "id": label.id, "name": label.name, "type": "user", "labelListVisibility": label.list_visibility,
        "messageListVisibility": label.message_visibility,
    }  # fmt: skip
