"""Two tenants that can never see each other: another's id answers exactly like one that was never there."""

import re
from typing import Any

import pytest

from throughline.api.door import operations

from .house import House, problem

ABOUT_ONE = [o for o in operations() if "{conversation}" in o.path]
BODY = {"id": "m-1", "text": "hello"}


async def asked(home: House, operation: Any, where: str, headers: dict[str, str]) -> Any:
    path = operation.path.replace("{conversation}", where)
    body = BODY if operation.takes is not None else None
    return await home.http.request(operation.method, path, headers=headers, json=body)


def anonymous(document: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in document.items() if k != "request_id"}


@pytest.mark.parametrize("operation", ABOUT_ONE, ids=lambda o: o.name)
@pytest.mark.parametrize("who", ["customer@rival.test", "operator@rival.test", "admin@rival.test"])
async def test_another_tenants_conversation_answers_like_an_unknown_one(home: House, operation: Any, who: str) -> None:
    theirs = await home.talk(await home.bearer("customer@demo.test"), "secret")
    headers = await home.bearer(who)

    foreign = await asked(home, operation, theirs, headers)
    unknown = await asked(home, operation, "0" * len(theirs), headers)

    assert foreign.status_code == unknown.status_code == 404
    assert anonymous(problem(foreign)) == anonymous(problem(unknown))
    shape = [re.sub(r"\d", "0", str(sorted(a.headers))) for a in (foreign, unknown)]
    assert shape[0] == shape[1]


@pytest.mark.parametrize("operation", ABOUT_ONE, ids=lambda o: o.name)
async def test_another_persons_conversation_answers_like_an_unknown_one(home: House, operation: Any) -> None:
    theirs = await home.talk(await home.bearer("customer@demo.test"), "secret")

    answer = await asked(home, operation, theirs, home.forged(person="somebody-else", user="else"))

    assert (answer.status_code, problem(answer)["code"]) == (404, "unknown_conversation")


@pytest.mark.parametrize("operation", ABOUT_ONE, ids=lambda o: o.name)
@pytest.mark.parametrize("where", ["%00", "x" * 200, "a%20b", "..", "%ff", "é", "'; DROP TABLE events; --"])
async def test_an_id_of_no_form_answers_like_an_unknown_one(home: House, operation: Any, where: str) -> None:
    answer = await asked(home, operation, where, await home.bearer("customer@demo.test"))

    assert answer.status_code == 404
    assert problem(answer)["code"] in {"unknown_conversation", "no_such_path"}


async def test_lists_hold_only_the_own_tenants(home: House) -> None:
    demo = await home.talk(await home.bearer("customer@demo.test"), "one")
    rival = await home.talk(await home.bearer("customer@rival.test"), "two")

    for who, mine in (("operator@demo.test", demo), ("admin@rival.test", rival)):
        page = (await home.http.get("/api/v1/conversations", headers=await home.bearer(who))).json()
        assert [c["id"] for c in page["items"]] == [mine]


async def test_two_tenants_can_use_the_same_id_without_meeting(home: House) -> None:
    one, two = await home.bearer("customer@demo.test"), await home.bearer("customer@rival.test")
    for headers in (one, two):
        made = await home.http.post("/api/v1/conversations", headers=headers, json={"id": "same"})
        assert made.status_code == 201
    await home.http.post("/api/v1/conversations/same/messages", headers=one, json=BODY)

    theirs = (await home.http.get("/api/v1/conversations/same/events", headers=two)).json()

    assert [e["kind"] for e in theirs["items"]] == ["conversation_started", "bound"]
