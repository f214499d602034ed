"""Files over HTTP: uploaded into a conversation, given away by links that end.

A file is served under a path of its own, always to be saved, never run: its type is what its bytes prove, and a page it
might hold has no origin. Nothing but a signed link opens one.
"""

from collections.abc import AsyncIterator
from urllib.parse import quote

from msgspec import UNSET
from msgspec.structs import replace

from throughline.api.answer import NO_STORE, NOTHING, Answer, shown
from throughline.api.ask import Ask
from throughline.api.conversations import visible
from throughline.api.needs import Door
from throughline.api.own import FileLink, FileShown, Upload
from throughline.api.ranges import part
from throughline.api.table import Operation
from throughline.conversation.events import iso
from throughline.conversation.faults import BUSY, UNKNOWN_FILE, Fault
from throughline.conversation.files import MOST, File, kind_of, named, really
from throughline.conversation.ids import FileId
from throughline.conversation.policy import check_id
from throughline.conversation.records import Conversation
from throughline.flow.fetch import transcript
from throughline.flow.steps.say import may_see
from throughline.identity.signed import Shared
from throughline.ports import Conflict, StoreDown, Tx

#: Milliseconds for which a link opens its file.
OPENS = 900_000
#: Uploads of one user in a minute.
_OFTEN = 30

TOO_OFTEN = Fault(
    "too_many_requests", 429, "That were a lot of files in a short time.", "Wait a moment, then attach the others.",
    retry_after=5, retryable=True,
)  # fmt: skip


async def uploaded(door: Door, ask: Ask) -> Answer | Fault:
    """Take a file in; it belongs to nobody's message yet. A recording is written down on the way."""
    caller, asked = ask.signed_in, ask.asked(Upload)
    found = await visible(door, ask, lambda _, row: row)
    if not isinstance(found, Conversation):
        return found
    if door.limits.hit(("files", caller.tenant, caller.user), _OFTEN, 60.0) is not None:
        return TOO_OFTEN
    try:
        kept = await door.blobs.keep(caller.tenant, _once(ask.raw), MOST)
    except StoreDown:
        return BUSY
    if isinstance(kept, Fault):
        return kept
    said = ask.headers.get(b"content-type", b"").decode("latin-1")
    media_type = really(kept.head, said)
    file = File(
        FileId(door.ids.new()), caller.tenant, found.id, kind_of(media_type), media_type,
        named(asked.name, media_type), kept.size, "ready", door.clock.now(), voice=asked.voice == "1",
        sha256=kept.sha256, owner=caller.user,
    )  # fmt: skip
    if file.voice:
        file = replace(file, transcript=await transcript(door.hears, door.blobs, file))
    try:
        await door.store.write(lambda tx: tx.files.add(file))
    except Conflict:
        return UNKNOWN_FILE
    return shown(_shown(file), 201)


async def linked(door: Door, ask: Ask) -> Answer | Fault:
    """A link to a file of a conversation that the caller may see."""
    caller, given = ask.signed_in, ask.path["file"]
    if check_id(given) is not None:
        return UNKNOWN_FILE

    def find(tx: Tx) -> File | None:
        file = tx.files.file(caller.tenant, FileId(given))
        row = None if file is None else tx.log.conversation(caller.tenant, file.conversation)
        return file if row is not None and may_see(caller, row) else None

    file = await door.store.read(find)
    if file is None or file.state != "ready":
        return UNKNOWN_FILE
    until = door.clock.now() + OPENS
    token = door.signed.token(Shared(file.tenant, file.id, until))
    return shown(FileLink(url=f"/files/{token}/{quote(file.name)}", expires_at=iso(until)))


async def dropped(door: Door, ask: Ask) -> Answer | Fault:
    """Take back what was uploaded and not sent."""
    caller, given = ask.signed_in, ask.path["file"]
    if check_id(given) is not None:
        return UNKNOWN_FILE

    def drop(tx: Tx) -> bool:
        file = tx.files.file(caller.tenant, FileId(given))
        return file is not None and file.owner == caller.user and tx.files.drop(caller.tenant, file.id)

    return NOTHING if await door.store.write(drop) else UNKNOWN_FILE


async def opened(door: Door, ask: Ask) -> Answer | Fault:
    """The bytes behind a link, or the part of them that is asked for."""
    shared = door.signed.proved(ask.path["token"], door.clock.now())
    if shared is None:
        return UNKNOWN_FILE
    file = await door.store.read(lambda tx: tx.files.file(shared.tenant, shared.file))
    if file is None or file.state != "ready" or file.sha256 is None:
        return UNKNOWN_FILE
    name = quote(file.name, safe="")
    wanted = part(ask.headers, file.size)
    begin, end = wanted or (0, file.size)
    headers = (
        (b"content-type", file.media_type.encode()),
        (b"content-length", b"%d" % (end - begin)),
        (b"accept-ranges", b"bytes"),
        *(() if wanted is None else ((b"content-range", b"bytes %d-%d/%d" % (begin, end - 1, file.size)),)),
        (b"content-disposition", f"attachment; filename*=UTF-8''{name}".encode()),
        (b"content-security-policy", b"default-src 'none'; sandbox"),
        (b"cross-origin-resource-policy", b"same-origin"),
        NO_STORE,
    )
    chunks = door.blobs.read(file.tenant, file.sha256, begin, end)
    return Answer(200 if wanted is None else 206, headers=headers, parts=chunks)


async def _once(body: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(body), 262_144):
        yield body[at : at + 262_144]


def _shown(file: File) -> FileShown:
    return FileShown(
        id=file.id, type=file.kind, name=file.name, media_type=file.media_type, size=file.size, voice=file.voice,
        transcript=UNSET if file.transcript is None else file.transcript,
    )  # fmt: skip


OPERATIONS = (
    Operation(
        name="upload_file", method="POST", path="/api/v1/conversations/{conversation}/files", verb=uploaded,
        tag="files", query=Upload, raw=MOST, gives=FileShown, status=201, refusals=(404, 413, 422, 429),
        summary="Attach a file: name it in a message's `attachments` afterwards.",
    ),
    Operation(
        name="file_link", method="GET", path="/api/v1/files/{file}/link", verb=linked, tag="files", gives=FileLink,
        refusals=(404,), summary="A link to a file, which ends after a quarter of an hour.",
    ),
    Operation(
        name="drop_file", method="DELETE", path="/api/v1/files/{file}", verb=dropped, tag="files", status=204,
        refusals=(404,), summary="Take back a file that was not sent.",
    ),
    Operation(
        name="open_file", method="GET", path="/files/{token}/{name}", verb=opened, tag="files", who="anyone",
        media="application/octet-stream", ranged=True, refusals=(404,), summary="The bytes behind a link, to be saved.",
    ),
)  # fmt: skip
