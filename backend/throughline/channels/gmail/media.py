"""What is attached to a mail, read as it comes: users.messages.attachments.get gives it in base64url, inside JSON."""

import base64
import binascii
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from throughline.channels.gmail.answers import UNAUTHORIZED
from throughline.channels.gmail.client import Client
from throughline.channels.gmail.tokens import Tokens
from throughline.channels.once import Flowing
from throughline.conversation.channel import Media, NotSent, Outcome, Refused
from throughline.ports import Line

#: Bytes of an answer: 50 MB that a mail may bring, as base64.
_MOST = 70_000_000
#: Bytes before the data: its size, and names.
_HEAD = 65_536
_DATA = re.compile(rb'"data"\s*:\s*"')
#: The end of the data: its quotation mark, or padding, which may be written as an escape.
_END = re.compile(rb'["=\\]')
_STANDARD = bytes.maketrans(b"-_", b"+/")


class Attached:
    """ports.Fetched."""

    def __init__(self, media_type: str, flowing: Flowing) -> None:
        self.media_type = media_type
        self._flowing = flowing

    async def chunks(self) -> AsyncIterator[bytes]:
        """Its bytes. Raises OSError where it breaks off, or is no attachment."""
        head, left, inside = b"", b"", False
        async for chunk in self._flowing.chunks():
            if not inside:
                head += chunk
                begun = _DATA.search(head)
                if begun is None:
                    if len(head) > _HEAD:
                        break
                    continue
                inside, coming = True, head[begun.end() :]
            else:
                coming = chunk
            ended = _END.search(coming)
            left += coming if ended is None else coming[: ended.start()]
            whole = len(left) if ended is not None else len(left) // 4 * 4
            if whole:
                yield _decoded(left[:whole])
            left = left[whole:]
            if ended is not None:
                return
        raise OSError("cut" if inside else "no_data")


@asynccontextmanager
async def attached(tokens: Tokens, client: Client, line: Line, media: Media) -> AsyncIterator[Attached | Outcome]:
    """Open it; a token that Google refuses is refreshed once."""
    message, _, which = media.remote.partition("/")
    if not message or not which:
        yield Refused("no_file")
        return
    stale = ""
    for last in (False, True):
        token = await tokens.token(line, stale)
        if not isinstance(token, str):
            yield token
            return
        async with client.open(
            line.base_url, token, _MOST,
            lambda users: users.messages().attachments().get(userId="me", messageId=message, id=which),
        ) as found:  # fmt: skip
            if isinstance(found, Flowing) and found.status == 401 and not last:
                stale = token
                continue
            yield _meant(found, media)
            return


def _meant(found: Flowing | Outcome, media: Media) -> Attached | Outcome:
    if not isinstance(found, Flowing):
        return found
    match found.status:
        case 200:
            return Attached(media.media_type, found)
        case 401:
            return Refused(UNAUTHORIZED, auth=True)
        case 400 | 404:
            return Refused("no_file")
        case status:
            return NotSent(f"http_{status}")


def _decoded(letters: bytes) -> bytes:
    try:
        return base64.b64decode(letters.translate(_STANDARD) + b"=" * (-len(letters) % 4), validate=True)
    except binascii.Error as error:
        raise OSError("not_base64") from error
