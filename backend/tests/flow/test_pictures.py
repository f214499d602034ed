"""Pictures as a model gets them: the newest few of the person's, none that floods, none that is too big."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.conversation.test_pixels import HUGE, MADE, SILENT
from throughline.conversation.answer import Attached, Brief, Said
from throughline.conversation.ids import TenantId
from throughline.flow.pictures import PICTURE, PICTURES, seen
from throughline.store.blobs import Bytes, DiskBlobs

from .test_fetch import Body

DEMO = TenantId("demo")


async def shown(folder: Path, *pictures: bytes, kind: str = "image/png") -> list[bytes | None]:
    """What a model gets of these, each in a message of its own."""
    blobs, said = DiskBlobs(folder), list[Said]()
    for picture in pictures:
        kept = await blobs.keep(DEMO, Body(kind, picture).chunks(), 30_000_000)
        assert isinstance(kept, Bytes)
        said.append(Said("person", "Look", (Attached("image", kind, "a", kept.size, sha256=kept.sha256),)))
    brief = Brief(DEMO, "Demo", "Ada", "Guide", "web", tuple(said), "", 2_000)
    return [one.files[0].data for one in (await seen(brief, blobs)).history]


@pytest.mark.parametrize("form", MADE)
async def test_a_picture_is_shown_as_it_is(tmp_path: Path, form: str) -> None:
    picture = MADE[form](640, 480) + bytes(50)

    assert await shown(tmp_path, picture) == [picture]


@pytest.mark.parametrize("name", [*HUGE, *(name for name, picture in SILENT.items() if picture)])
async def test_a_picture_that_claims_a_flood_or_nothing_is_not_shown(tmp_path: Path, name: str) -> None:
    assert await shown(tmp_path, HUGE.get(name) or SILENT[name]) == [None]


async def test_a_flood_takes_no_other_pictures_place(tmp_path: Path) -> None:
    good = [MADE["png"](n + 1, 1) for n in range(PICTURES)]

    assert await shown(tmp_path, *good, HUGE["png of 50,000 x 50,000"]) == [*good, None]


async def test_what_is_no_picture_or_too_many_bytes_is_not_shown(tmp_path: Path) -> None:
    large = MADE["png"](10, 10) + bytes(PICTURE)

    assert await shown(tmp_path, large) == [None]
    assert await shown(tmp_path, MADE["png"](10, 10), kind="image/svg+xml") == [None]


async def test_without_bytes_nothing_is_looked_at() -> None:
    brief = Brief(
        DEMO, "Demo", "Ada", "Guide", "web", (Said("person", "a", (Attached("image", "image/png", "a", 1),)),), "", 9
    )

    assert await seen(brief, None) == brief
    assert await seen(replace(brief, history=()), None) == replace(brief, history=())
