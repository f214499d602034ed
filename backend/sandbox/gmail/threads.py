"""`users.threads`: mails that belong together."""

from typing import Any

from sandbox.gmail import messages, mime, pictures
from sandbox.gmail.call import Call, Done, not_found, paged
from sandbox.gmail.facts import Mail


def listed(call: Call) -> Done:
    """`threads.list`: those of which a mail is found, the newest first."""
    newest: dict[str, Mail] = {}
    for mail in messages.found(call):
        newest.setdefault(mail.thread, mail)
    page, following = paged(call, list(newest.values()))
    body = {"threads": [_shown(call, mail.thread) for mail in page]} if page else {}
    more = {"nextPageToken": following} if following else {}
    return Done({**body, **more, "resultSizeEstimate": len(newest)})


def got(call: Call) -> Done:
    """`threads.get`."""
    mails, shape = _mails(call), pictures.format_of(call, ("full", "metadata", "minimal"))
    names = [name.lower() for name in call.all("metadataHeaders")]
    history = str(max(mail.history for mail in mails))
    whole = [pictures.whole(mail, shape, names) for mail in mails]
    return Done({"id": mails[0].thread, "historyId": history, "messages": whole})


def modified(call: Call) -> Done:
    """`threads.modify`."""
    return _after(call, messages.modify(call, _mails(call), call.given(messages.Modify)))


def trashed(call: Call) -> Done:
    """`threads.trash`."""
    return _after(call, messages.trash(call, _mails(call)))


def untrashed(call: Call) -> Done:
    """`threads.untrash`."""
    return _after(call, [call.edit.label(mail, (), ("TRASH",)) for mail in _mails(call)])


def deleted(call: Call) -> Done:
    """`threads.delete`: gone at once."""
    for mail in _mails(call):
        call.edit.remove(mail)
    return call.done(None)


def _mails(call: Call) -> list[Mail]:
    mails = call.box.thread(call.path["id"])
    if not mails:
        raise not_found()
    return mails


def _after(call: Call, mails: list[Mail]) -> Done:
    return call.done({"id": mails[0].thread, "messages": [pictures.sent(mail) for mail in mails]})


def _shown(call: Call, name: str) -> dict[str, Any]:
    mails = call.box.thread(name)
    history = str(max(mail.history for mail in mails))
    return {"id": name, "snippet": mime.letter(mails[-1].raw).snippet, "historyId": history}
