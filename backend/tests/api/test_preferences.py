"""A person's preferences over HTTP: the order of their addresses, and when nothing rings."""

from typing import Any

import pytest
import pytest_asyncio

from tests.api.house import House, problem
from throughline.flow.link import Linking
from throughline.identity.codes import Codes
from throughline.reach import capabilities_of

PATH, NIGHT = "/api/v1/me/preferences", {"start": "22:00", "end": "07:00", "zone": "Europe/Berlin"}


@pytest_asyncio.fixture
async def home(home: House) -> House:
    """With linking, and so with preferences."""
    codes = Codes(b"a secret of 32 bytes, for codes")
    linking = Linking(
        home.store, home.clock, home.ids, codes, lambda name: capabilities_of(home.ends, name), home._wake
    )  # fmt: skip
    home.move_in(linking=linking)
    return home


async def put(home: House, body: Any, who: str = "customer@demo.test") -> Any:
    return await home.http.put(PATH, json=body, headers=await home.bearer(who))


async def kept(home: House) -> Any:
    headers = await home.bearer("customer@demo.test")
    return (await home.http.get("/api/v1/me/identities", headers=headers)).json()["quiet"]


async def test_quiet_hours_are_set_shown_and_ended_and_the_order_is_left_alone(home: House) -> None:
    assert await kept(home) is None
    answer = await put(home, {"quiet": NIGHT})
    assert answer.json()["quiet"] == NIGHT
    assert [item["rings"] for item in answer.json()["items"]] == [False]
    assert home.woken == 1, "couriers look again at what waits"

    assert (await put(home, {"fallback": []})).json()["quiet"] == NIGHT
    assert home.woken == 1
    assert (await put(home, {"quiet": None})).json()["quiet"] is None
    assert await kept(home) is None


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"quiet": NIGHT | {"start": "22"}}, "bad_quiet_hours"),
        ({"quiet": NIGHT | {"end": "22:00"}}, "bad_quiet_hours"),
        ({"quiet": NIGHT | {"zone": "../../etc/passwd"}}, "unknown_zone"),
        ({"quiet": NIGHT | {"zone": "Nowhere/Land"}}, "unknown_zone"),
        ({"quiet": NIGHT, "fallback": ["somebody-elses"]}, "unknown_link"),
    ],
)
async def test_what_makes_no_sense_is_refused_and_nothing_is_kept(home: House, body: Any, code: str) -> None:
    assert problem(await put(home, body))["code"] == code
    assert await kept(home) is None


@pytest.mark.parametrize("quiet", ["22:00", 7, [], {"start": "22:00"}])
async def test_another_shape_is_refused(home: House, quiet: Any) -> None:
    assert (await put(home, {"quiet": quiet})).status_code == 422


async def test_members_have_none(home: House) -> None:
    assert problem(await put(home, {"quiet": NIGHT}, "operator@demo.test"))["code"] == "forbidden"
