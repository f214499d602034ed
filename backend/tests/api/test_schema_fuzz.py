"""The OpenAPI document turned against the app: whatever fits or does not fit it, there is no server error."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from throughline.api.door import described, operations

from .house import ORIGIN, House, house

#: The app has a thread of its own, which is traced.
pytestmark = pytest.mark.untraced
#: Cases per operation and mode; of 22 operations, bounded to seconds.
EACH = 8


class Running:
    """A house on an event loop of its own, for a tester that is not asynchronous."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ready = threading.Event()
        self._over: asyncio.Event
        self._loop: asyncio.AbstractEventLoop
        self.home: House
        self._thread = threading.Thread(target=lambda: asyncio.run(self._live()), daemon=True)

    def __enter__(self) -> "Running":
        self._thread.start()
        assert self._ready.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(30)

    async def _live(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        async with house(self._folder) as self.home:
            self._ready.set()
            await self._over.wait()

    def do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)


SCHEMA = schemathesis.openapi.from_dict(described("0.1.0"))
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok)}
#: What takes nothing cannot be given anything wrong.
ATTACKS = [(label, GenerationMode.POSITIVE) for label in OPERATIONS] + [
    (f"{o.method} {o.path}", GenerationMode.NEGATIVE) for o in operations() if o.takes is not None or o.query
]
CHECKS: Any = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
]  # fmt: skip


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with Running(tmp_path_factory.mktemp("fuzz") / "data") as inside:
        yield inside


def test_every_operation_is_attacked() -> None:
    assert set(OPERATIONS) == {f"{o.method} {o.path}" for o in operations()}


@pytest.mark.parametrize(("label", "mode"), ATTACKS, ids=str)
def test_no_case_makes_a_server_error_or_leaves_the_document(
    running: Running, label: str, mode: GenerationMode
) -> None:
    sent: list[int] = []
    signed = running.home.forged()

    @settings(
        max_examples=EACH, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=OPERATIONS[label].as_strategy(generation_mode=mode))
    def attack(case: schemathesis.Case[Any]) -> None:
        running.home.clock.pass_(1)
        asked = case.as_transport_kwargs(base_url=ORIGIN)
        asked.pop("cookies", None)
        headers = {k: v for k, v in dict(asked.pop("headers", None) or {}).items() if k.lower() != "authorization"}
        if isinstance(asked.get("data"), bytes | str):
            asked["content"] = asked.pop("data")
        request = httpx2.Request(headers=headers | signed, **asked)
        request.read()
        answer = running.do(running.home.http.send(request))
        sent.append(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    attack()
    assert sent
