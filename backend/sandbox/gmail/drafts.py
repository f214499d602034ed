"""`users.drafts`: a mail that is laid down, changed and, once, sent. Its id stays, its mail's id does not."""

from msgspec import Struct

from sandbox.gmail import joining, messages, mime, pictures, sending
from sandbox.gmail.call import Call, Done, Handed, invalid, not_found, paged, raw_of
from sandbox.gmail.facts import Mail


class Laid(Struct, frozen=True):
    """A draft as callers hand it in."""

    id: str = ""
    message: Handed = Handed()


def created(call: Call) -> Done:
    """`drafts.create`."""
    return _stand(call, call.given(Laid), f"r{call.edit.wall * 1_000_000:.0f}{call.edit.office.mails_so_far:04d}")


def updated(call: Call) -> Done:
    """`drafts.update`: another mail stands in its place."""
    old = _draft(call, call.path["id"])
    laid = call.given(Laid)
    call.edit.remove(old)
    return _stand(call, laid, old.draft, old)


def got(call: Call) -> Done:
    """`drafts.get`."""
    mail = _draft(call, call.path["id"])
    return Done({"id": mail.draft, "message": pictures.asked(call, mail)})


def listed(call: Call) -> Done:
    """`drafts.list`: the newest first."""
    mails = [mail for mail in messages.found(call) if mail.draft]
    page, following = paged(call, mails)
    body = {"drafts": [{"id": mail.draft, "message": pictures.brief(mail)} for mail in page]} if page else {}
    more = {"nextPageToken": following} if following else {}
    return Done({**body, **more, "resultSizeEstimate": len(mails)})


def deleted(call: Call) -> Done:
    """`drafts.delete`: gone at once, not thrown away."""
    call.edit.remove(_draft(call, call.path["id"]))
    return call.done(None)


def sent(call: Call) -> Done:
    """`drafts.send`: the draft is gone, its mail is a new one. What was sent or is unknown: 404."""
    laid = call.given(Laid)
    if not laid.id:
        raise invalid("Missing draft id")
    old = _draft(call, laid.id)
    changed = call.media is not None or laid.message.raw is not None
    raw = raw_of(laid.message, call.media) if changed else old.raw
    joined = old.thread
    if changed and laid.message.threadId:
        joined = joining.wanted(call.box, mime.letter(raw), laid.message.threadId)
    mail = sending.send(call, raw, joined)
    call.edit.remove(old)
    return call.done(pictures.sent(mail), mail.id)


def _stand(call: Call, laid: Laid, name: str, old: Mail | None = None) -> Done:
    raw = raw_of(laid.message, call.media)
    thread = joining.wanted(call.box, mime.letter(raw), laid.message.threadId)
    if old is not None and not thread and _subject(old.raw) == _subject(raw):
        # A draft stays in its thread while its subject does.
        thread = old.thread
    mail = call.edit.add(call.mailbox.id, raw, ("DRAFT",), thread=thread, draft=name)
    return call.done({"id": name, "message": pictures.sent(mail)}, mail.id)


def _draft(call: Call, name: str) -> Mail:
    found = call.box.draft(name)
    if found is None:
        raise not_found()
    return found


def _subject(raw: bytes) -> str:
    return joining.base(mime.letter(raw).header("Subject"))
