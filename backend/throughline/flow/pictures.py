"""Pictures: a model that sees gets the newest ones that the person sent."""

from msgspec.structs import replace

from throughline.conversation.answer import Attached, Brief, Said
from throughline.conversation.pixels import drawable
from throughline.ports import Blobs

#: Pictures that a model gets, the newest ones; bytes of one.
PICTURES, PICTURE = 4, 5_000_000
#: What models take.
_TAKEN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


async def seen(brief: Brief, blobs: Blobs | None) -> Brief:
    """The brief with the newest pictures of the person in it; as it is where nobody can look at them."""
    if blobs is None or not any(said.files for said in brief.history):
        return brief
    left, history = PICTURES, list[Said]()
    for said in reversed(brief.history):
        files = list[Attached]()
        for file in said.files:
            wanted = left > 0 and said.author == "person" and file.media_type in _TAKEN and file.sha256 is not None
            data = await blobs.whole(brief.tenant, file.sha256 or "", PICTURE) if wanted else None
            if data is not None and not drawable(data):
                data = None
            left -= data is not None
            files.append(replace(file, data=data))
        history.append(replace(said, files=tuple(files)))
    return replace(brief, history=tuple(reversed(history)))
