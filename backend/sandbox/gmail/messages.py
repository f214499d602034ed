"""`users.messages`: listed, looked at, sent, labelled, thrown away."""

from msgspec import Struct

from sandbox.gmail import joining, mime, pictures, search, sending
from sandbox.gmail.call import Call, Done, Handed, encoded, invalid, not_found, paged, raw_of
from sandbox.gmail.facts import Mail
from sandbox.gmail.published import FIXED_LABELS, SYSTEM_LABELS

MOST_LABELS, MOST_IDS = 100, 1_000


class Modify(Struct, frozen=True):
    """Labels to put on and to take off."""

    addLabelIds: tuple[str, ...] = ()  # noqa: N815 - Google's name
    removeLabelIds: tuple[str, ...] = ()  # noqa: N815 - Google's name


class Several(Modify, frozen=True):
    """The same, of several mails."""

    ids: tuple[str, ...] = ()


def found(call: Call) -> list[Mail]:
    """What the query and the labels of a call leave, newest first."""
    query, labels = call.word("q"), call.all("labelIds")
    hidden = search.hides(query)
    if call.word("includeSpamTrash").lower() == "true":
        hidden = frozenset()
    hidden -= set(labels)
    names = {label.name.lower(): label.id for label in call.box.labels.values()}
    mails = [
        mail
        for mail in call.box.mails.values()
        if set(labels) <= set(mail.labels)
        and not hidden & set(mail.labels)
        and (not query or search.fits(query, mail, call.edit.wall, names))
    ]
    return sorted(mails, key=lambda mail: (mail.at, mail.id), reverse=True)


def listed(call: Call) -> Done:
    """`messages.list`: ids only, newest first."""
    mails = found(call)
    page, following = paged(call, mails)
    body = {"messages": [pictures.brief(mail) for mail in page]} if page else {}
    more = {"nextPageToken": following} if following else {}
    return Done({**body, **more, "resultSizeEstimate": len(mails)})


def got(call: Call) -> Done:
    """`messages.get`."""
    return Done(pictures.asked(call, call.mail()))


def attachment(call: Call) -> Done:
    """`messages.attachments.get`."""
    mail = call.mail(call.path["messageId"])
    for part in mime.letter(mail.raw).leaves():
        if pictures.attached(part) and pictures.attachment_id(mail, part) == call.path["id"]:
            return Done({"size": len(part.data), "data": encoded(part.data)})
    raise invalid("Invalid attachment token")


def sent(call: Call) -> Done:
    """`messages.send`."""
    handed = call.given(Handed)
    raw = raw_of(handed, call.media)
    mail = sending.send(call, raw, joining.wanted(call.box, mime.letter(raw), handed.threadId))
    return call.done(pictures.sent(mail), mail.id)


def inserted(call: Call) -> Done:
    """`messages.insert`: it stands there as it is, and nobody is sent anything."""
    handed = call.given(Handed)
    raw = raw_of(handed, call.media)
    thread = joining.wanted(call.box, mime.letter(raw), handed.threadId) or joining.found(call.box, raw)
    mail = call.edit.add(call.mailbox.id, raw, _known(call, handed.labelIds), thread=thread)
    return call.done(pictures.sent(mail), mail.id)


def modified(call: Call) -> Done:
    """`messages.modify`."""
    given, mail = call.given(Modify), call.mail()
    return call.done(pictures.sent(modify(call, [mail], given)[0]))


def modify(call: Call, mails: list[Mail], given: Modify) -> list[Mail]:
    """Put labels on mails and take others off."""
    if len(given.addLabelIds) > MOST_LABELS or len(given.removeLabelIds) > MOST_LABELS:
        raise invalid("Too many labels")
    if not given.addLabelIds and not given.removeLabelIds:
        raise invalid("No label add or removes specified")
    for name in _known(call, (*given.addLabelIds, *given.removeLabelIds)):
        if name in FIXED_LABELS:
            raise invalid(f"Invalid label: {name}")
    return [call.edit.label(mail, given.addLabelIds, given.removeLabelIds) for mail in mails]


def several_modified(call: Call) -> Done:
    """`messages.batchModify`: ids that are not there are passed over."""
    given = call.given(Several)
    modify(call, _several(call, given.ids), given)
    return call.done(None)


def several_deleted(call: Call) -> Done:
    """`messages.batchDelete`."""
    for mail in _several(call, call.given(Several).ids):
        call.edit.remove(mail)
    return call.done(None)


def trash(call: Call, mails: list[Mail]) -> list[Mail]:
    """Throw mails away; for 30 days they can be got back."""
    return [call.edit.label(mail, ("TRASH",), ("INBOX", "SPAM")) for mail in mails]


def trashed(call: Call) -> Done:
    """`messages.trash`."""
    return call.done(pictures.sent(trash(call, [call.mail()])[0]))


def untrashed(call: Call) -> Done:
    """`messages.untrash`."""
    return call.done(pictures.sent(call.edit.label(call.mail(), (), ("TRASH",))))


def deleted(call: Call) -> Done:
    """`messages.delete`: gone at once."""
    call.edit.remove(call.mail())
    return call.done(None)


def _several(call: Call, names: tuple[str, ...]) -> list[Mail]:
    if not names or len(names) > MOST_IDS:
        raise invalid("Invalid number of message ids")
    return [call.box.mails[name] for name in dict.fromkeys(names) if name in call.box.mails]


def _known(call: Call, names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if name not in SYSTEM_LABELS and name not in call.box.labels:
            raise invalid(f"Invalid label: {name}") if name else not_found()
    return names
