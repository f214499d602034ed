"""Every channel is made of the same parts: files, recorded payloads, a stand-in, a page, a line in the catalogue."""

import json
from pathlib import Path

import pytest

from throughline.channels.catalogue import FACTORIES

BACKEND = Path(__file__).parents[2]
ROOT = BACKEND.parent
CHANNELS = BACKEND / "throughline" / "channels"
#: Folders of channels but the web's, which is built in and whose wire is our own protocol.
FOLDERS = sorted(
    path.name for path in CHANNELS.iterdir() if path.is_dir() and not path.name.startswith("_") and path.name != "web"
)
PARTS = ("__init__.py", "wire.py", "render.py", "client.py", "channel.py", "capabilities.py")
#: One API at the provider, one client here: whose folder it is in.
BORROWS = {"sms": "whatsapp_twilio"}
#: What a pure part may not know.
IMPURE = ("import asyncio", "import aiohttp", "slack_sdk", "import socket", "import time", "httpx", "throughline.ports")
PURE = ("wire.py", "render.py", "capabilities.py")


def test_every_folder_is_in_the_catalogue_and_every_line_has_a_folder() -> None:
    assert set(FOLDERS) == set(FACTORIES)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("name", FOLDERS)
def test_a_channel_has_its_parts(name: str, part: str) -> None:
    folder = BORROWS.get(name, name) if part == "client.py" else name

    assert (CHANNELS / folder / part).is_file()


@pytest.mark.parametrize(("name", "owner"), BORROWS.items())
def test_who_borrows_a_client_has_none_and_the_same_provider(name: str, owner: str) -> None:
    assert not (CHANNELS / name / "client.py").exists()
    assert FACTORIES[name]().provider == FACTORIES[owner]().provider


@pytest.mark.parametrize("part", PURE)
@pytest.mark.parametrize("name", FOLDERS)
def test_what_reads_and_renders_is_pure(name: str, part: str) -> None:
    source = (CHANNELS / name / part).read_text(encoding="utf-8")

    assert [word for word in IMPURE if f"\n{word}" in source or f"from {word}" in source] == []


@pytest.mark.parametrize("name", FOLDERS)
def test_a_channel_has_recorded_payloads(name: str) -> None:
    payloads = sorted((BACKEND / "tests" / "channels" / name / "fixtures").glob("*"))

    assert len(payloads) >= 5
    for path in payloads:
        assert path.suffix != ".json" or isinstance(json.loads(path.read_bytes()), dict)


@pytest.mark.parametrize("name", FOLDERS)
def test_a_channel_has_a_stand_in(name: str) -> None:
    """import-linter holds that none of it imports the product, or is imported by it."""
    files = sorted((BACKEND / "sandbox" / FACTORIES[name]().provider).glob("*.py"))

    assert files
    assert any(len(path.read_text(encoding="utf-8")) > 1_000 for path in files)


@pytest.mark.parametrize("name", FOLDERS)
def test_a_channel_has_a_page_that_is_in_the_menu(name: str) -> None:
    page = ROOT / "docs" / "channels" / f"{name}.md"

    assert page.is_file()
    assert f"channels/{name}.md" in (ROOT / "mkdocs.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FOLDERS)
def test_a_channels_page_names_its_secrets_and_options(name: str) -> None:
    page = (ROOT / "docs" / "channels" / f"{name}.md").read_text(encoding="utf-8")
    channel = FACTORIES[name]()

    assert [word for word in (*channel.secrets, *channel.options) if f"`{word}`" not in page] == []
