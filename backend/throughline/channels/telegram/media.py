"""What hangs on a message of Telegram's, named and not fetched. Pure."""

import re
from collections.abc import Iterator
from typing import Literal

from throughline.channels.telegram.shapes import File, Message
from throughline.conversation.channel import Media
from throughline.markup.graphemes import cut

_FILE_ID = re.compile(r"[A-Za-z0-9_-]{1,256}", re.ASCII)
_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,100}", re.ASCII)
_FILE_NAME = 200

Kind = Literal["image", "audio", "video", "file"]


def attached(message: Message) -> tuple[Media, ...]:
    """Its attachments; Telegram sends one with each message. A photo comes in sizes: the largest is it."""
    return tuple(_all(message))


def _all(message: Message) -> Iterator[Media]:
    if message.photo:
        largest = max(message.photo, key=lambda photo: photo.file_size or 0)
        yield from _one(largest, "image", "image/jpeg")
    # An animation comes as a document too, for older apps.
    document = None if message.animation else message.document
    kinds: tuple[tuple[File | None, Kind, str], ...] = (
        (message.voice, "audio", "audio/ogg"),
        (message.audio, "audio", "audio/mpeg"),
        (message.video, "video", "video/mp4"),
        (message.video_note, "video", "video/mp4"),
        (message.animation, "video", "video/mp4"),
        (document, "file", "application/octet-stream"),
    )
    for file, kind, otherwise in kinds:
        if file is not None:
            yield from _one(file, kind, otherwise, voice=file is message.voice)


def _one(file: File, kind: Kind, otherwise: str, *, voice: bool = False) -> Iterator[Media]:
    if not _FILE_ID.fullmatch(file.file_id):
        return
    told = file.mime_type.lower()
    name = cut(" ".join(file.file_name.replace("\0", "").split()), _FILE_NAME)
    size = file.file_size if file.file_size is not None and 0 <= file.file_size < 2**40 else None
    media_type = told if _TYPE.fullmatch(told) else otherwise
    if kind == "file" and media_type.startswith("image/"):
        kind = "image"
    yield Media(file.file_id, kind, media_type, name, size, voice)
