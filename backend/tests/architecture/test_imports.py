"""The direction of imports holds, and each of its contracts is one that can break."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from .tree import BACKEND

CONTRACTS = [
    c["name"]
    for c in tomllib.loads((BACKEND / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
]

#: A house of the same shape: one small file a room, each library imported where it is allowed.
HOUSE = {
    "throughline/__init__.py": "",
    "throughline/__main__.py": "import uvicorn\nimport throughline.command",
    "throughline/command/__init__.py": "import throughline.app, throughline.settings",
    "throughline/app.py": (
        "import throughline.api, throughline.store.log\nimport throughline.live.memory, throughline.settings"
    ),
    "throughline/carry.py": "",
    "throughline/reach.py": "import throughline.channels.catalogue",
    "throughline/api/__init__.py": "import starlette\nimport throughline.flow.receive",
    "throughline/api/head.py": "import uvicorn",
    "throughline/flow/__init__.py": "",
    "throughline/flow/receive.py": "import throughline.ports\nimport throughline.flow.steps.owe",
    "throughline/flow/steps/__init__.py": "",
    "throughline/flow/steps/owe.py": "import throughline.ports",
    "throughline/channels/__init__.py": "",
    "throughline/channels/web/__init__.py": "",
    "throughline/channels/web/wire.py": "import throughline.conversation.events",
    "throughline/channels/web/session.py": "import throughline.channels.web.wire",
    "throughline/channels/slack/__init__.py": "",
    "throughline/channels/slack/wire.py": "",
    "throughline/channels/slack/render.py": "",
    "throughline/channels/slack/client.py": "import slack_sdk, aiohttp",
    "throughline/channels/slack/channel.py": "import throughline.channels.slack.client",
    "throughline/channels/gmail/__init__.py": "",
    "throughline/channels/gmail/client.py": "import googleapiclient, authlib",
    "throughline/channels/once.py": "import aiohttp",
    "throughline/channels/outward.py": "import aiohttp",
    "throughline/channels/catalogue.py": "import throughline.channels.slack.channel",
    "throughline/agent/__init__.py": "",
    "throughline/agent/prompts.py": "import openai, baml_py, pydantic\nimport throughline.agent.baml_client",
    "throughline/agent/turn.py": "",
    "throughline/agent/baml_client/__init__.py": "import baml_py, pydantic",
    "throughline/store/__init__.py": "",
    "throughline/store/log.py": "import sqlalchemy, alembic\nimport throughline.ports",
    "throughline/live/__init__.py": "",
    "throughline/live/memory.py": "import throughline.ports",
    "throughline/live/uvicorn_path.py": "import uvicorn",
    "throughline/identity/__init__.py": "",
    "throughline/ports.py": "import throughline.conversation.events",
    "throughline/conversation/__init__.py": "",
    "throughline/conversation/events.py": "",
    "throughline/conversation/state.py": "import throughline.conversation.events",
    "throughline/markup/__init__.py": "",
    "throughline/settings.py": "",
    "throughline/observe/__init__.py": "",
    "sandbox/__init__.py": "",
    "bench/__init__.py": "import throughline",
}
#: One breach for each contract, by a piece of its name: a file, and the line it must not have.
BREACHES = {
    "Imports go down": ("throughline/flow/receive.py", "import throughline.store"),
    "Channels are strangers": ("throughline/channels/slack/wire.py", "import throughline.channels.web.wire"),
    "Google": ("throughline/channels/slack/wire.py", "import googleapiclient"),
    "SDK lives": ("throughline/channels/slack/wire.py", "import slack_sdk"),
    "waits for nothing": ("throughline/flow/steps/owe.py", "import asyncio"),
    "conversation is pure": ("throughline/conversation/state.py", "import time"),
    "dialogue, are pure": ("throughline/channels/web/wire.py", "import asyncio"),
    "picks engines": ("throughline/api/__init__.py", "import throughline.store.log"),
    "Starlette": ("throughline/flow/receive.py", "import starlette"),
    "database": ("throughline/flow/receive.py", "import sqlalchemy"),
    "Model SDKs": ("throughline/flow/receive.py", "import openai"),
    "one reader": ("throughline/agent/turn.py", "import throughline.agent.baml_client"),
    "server is known": ("throughline/api/__init__.py", "import uvicorn"),
    "sandbox stands outside": ("sandbox/__init__.py", "import throughline.ports"),
    "measured": ("throughline/app.py", "import bench"),
    "No cycles": ("throughline/conversation/events.py", "import throughline.conversation.state"),
}


def lint(folder: Path) -> tuple[dict[str, str], str]:
    """What import-linter says of each contract in a folder, and all its words."""
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--config", BACKEND / "pyproject.toml", "--no-cache"],
        cwd=folder, env=os.environ | {"PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return dict(re.findall(r"^(.+?) (KEPT|BROKEN)", done.stdout, re.MULTILINE)), done.stdout + done.stderr


def build(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")


def test_imports_go_down_and_every_library_has_its_room() -> None:
    verdicts, words = lint(BACKEND)

    assert verdicts == dict.fromkeys(CONTRACTS, "KEPT"), words


def test_a_house_without_a_breach_keeps_every_contract(tmp_path: Path) -> None:
    build(tmp_path, HOUSE)

    verdicts, words = lint(tmp_path)

    assert verdicts == dict.fromkeys(CONTRACTS, "KEPT"), words


def test_each_contract_is_broken_by_a_breach_of_its_own(tmp_path: Path) -> None:
    files = dict(HOUSE)
    for file, line in BREACHES.values():
        files[file] += f"\n{line}"
    build(tmp_path, files)

    verdicts, words = lint(tmp_path)

    assert verdicts == dict.fromkeys(CONTRACTS, "BROKEN"), words


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_contract_has_a_breach_that_shows_it_can_fail(name: str) -> None:
    assert sum(piece in name for piece in BREACHES) == 1


def test_a_room_that_nobody_listed_is_refused(tmp_path: Path) -> None:
    build(tmp_path, HOUSE | {"throughline/stray.py": ""})

    _, words = lint(tmp_path)

    assert "stray" in words
