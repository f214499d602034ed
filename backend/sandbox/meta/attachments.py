"""Files by their id: where they can be had, for five minutes and with the token, and that they can be deleted."""

import hashlib
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from sandbox.phones import wire
from sandbox.phones.door import Call, Door
from sandbox.phones.facts import File, Unfiled
from sandbox.phones.ledger import Ledger
from sandbox.phones.provider import Done, Refused

#: Seconds that the address of a file is good for; seconds that a file is kept.
LIFE, KEPT = 300.0, 30 * 86_400.0
#: What Graph says of what is not there, and of what somebody may not see.
MISSING = (
    "Unsupported request. Object with ID '{}' does not exist, cannot be loaded due to missing permissions, or does not"
    " support this operation."
)
_PATH = "/cdn/whatsapp_business/attachments/"


class Attachments:
    """`GET` and `DELETE /{media_id}`, and what the address leads to."""

    def __init__(self, ledger: Ledger, door: Door) -> None:
        self._ledger, self._door = ledger, door

    async def serve(self, request: Request, name: str) -> Response:
        """Where a file is, or that it is gone."""
        file = self._ledger.state.files.get(name)
        call = Call("" if file is None else file.end, "media", {"id": name})

        def work() -> Done:
            found = self._found(request, name)
            if request.method == "DELETE":
                return Done({"success": True}, (Unfiled(found.id),))
            until = int(self._ledger.clock.now() + LIFE)
            query = urlencode({"mid": found.id, "ext": until, "hash": _hash(found, until)})
            return Done(
                {
                    "messaging_product": "whatsapp", "url": f"{wire.base(request)}{_PATH}?{query}",
                    "mime_type": found.media_type,
                    "sha256": found.sha256, "file_size": found.size, "id": found.id,
                }
            )  # fmt: skip

        return await self._door.through(call, work)

    async def bytes_of(self, request: Request) -> Response:
        """The file itself. Without the token, or too late, there is none."""
        name = request.query_params.get("mid", "")
        file = self._ledger.state.files.get(name)
        data = None if file is None else await self._ledger.shelf.get(file.id)
        call = Call("" if file is None else file.end, "download", {"id": name})

        def work() -> Done:
            found = self._found(request, name)
            until = request.query_params.get("ext", "")
            good = until.isdecimal() and request.query_params.get("hash") == _hash(found, int(until[:15]))
            if data is None or not good or self._ledger.clock.now() > int(until[:15]):
                raise Refused("gone")
            return Done(status=200)

        def bytes_(_: Done) -> Response:
            assert file is not None
            headers = {"content-disposition": "attachment"}
            return Response(data, media_type=file.media_type, headers=headers)

        return await self._door.through(call, work, bytes_)

    def _found(self, request: Request, name: str) -> File:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        ends = self._ledger.state.ends
        if scheme.lower() != "bearer" or token not in {end.more["access_token"] for end in ends.values()}:
            raise Refused("190", "Invalid OAuth access token - Cannot parse access token")
        file = self._ledger.state.files.get(name)
        late = file is not None and self._ledger.clock.now() - file.at > KEPT
        if file is None or late or file.end not in ends or ends[file.end].more["access_token"] != token:
            raise Refused("100", MISSING.format(name[:40]))
        return file


def _hash(file: File, until: int) -> str:
    return hashlib.sha256(f"{file.id} {file.sha256} {until}".encode()).hexdigest()[:40]
