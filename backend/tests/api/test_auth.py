"""Signing in, staying in and going out over HTTP."""

from typing import Any

import msgspec
import pytest

from throughline.store.users import SqlUsers

from .house import NOBODY, ORIGIN, PASSWORD, House, problem

LOGIN, REFRESH, LOGOUT = "/api/v1/auth/login", "/api/v1/auth/refresh", "/api/v1/auth/logout"


async def test_a_right_password_gives_an_access_token_a_refresh_token_and_who_i_am(home: House) -> None:
    answer = await home.login("Customer@Demo.test ")

    assert answer["expires_in"] == 300
    assert answer["user"] == {"id": "demo-customer", "kind": "person", "role": "customer", "name": "Casey"}
    assert answer["refresh_token"].startswith("trt1.")


async def test_me_says_who_where_and_what_i_may(home: House) -> None:
    answer = await home.http.get("/api/v1/auth/me", headers=await home.bearer("operator@demo.test"))

    assert answer.json() == {
        "user": {"id": "demo-operator", "kind": "member", "role": "operator", "name": "Casey"},
        "tenant_name": "Demo",
        "limits": {"message_characters": 2000, "messages_per_minute": 30, "messages_per_day": 100},
    }


@pytest.mark.parametrize(
    ("email", "password"),
    [("customer@demo.test", "wrong"), (NOBODY, PASSWORD), ("", PASSWORD), ("x" * 5000, "y" * 5000)],
)
async def test_every_wrong_sign_in_gets_the_same_words(home: House, email: str, password: str) -> None:
    answer = await home.http.post(LOGIN, json={"email": email, "password": password})

    document = problem(answer)
    assert (answer.status_code, document["code"]) == (401, "bad_credentials")
    assert document["detail"] == "E-mail and password do not match."
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_in_cookie_mode_the_refresh_token_is_in_a_cookie_that_no_script_reads(home: House) -> None:
    answer = await home.http.post(
        LOGIN, headers={"origin": ORIGIN}, json={"email": "customer@demo.test", "password": PASSWORD, "cookie": True}
    )

    assert "refresh_token" not in answer.json()
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("throughline=trt1.")
    for part in ("HttpOnly", "SameSite=Strict", "Path=/api/v1/auth", "Max-Age=2592000"):
        assert part in cookie
    assert "Secure" not in cookie


async def test_over_https_the_cookie_has_the_host_prefix(home: House) -> None:
    answer = await home.http.post(
        "https://throughline.test" + LOGIN, json={"email": "customer@demo.test", "password": PASSWORD, "cookie": True}
    )

    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-throughline=")
    assert "Path=/; Secure" in cookie
    assert "Domain" not in cookie


async def test_the_cookie_refreshes_and_moves_on(home: House) -> None:
    await home.login("customer@demo.test", cookie=True)
    first = home.http.cookies["throughline"]

    answer = await home.http.post(REFRESH, headers={"origin": ORIGIN})

    assert answer.status_code == 200
    assert home.http.cookies["throughline"] != first


@pytest.mark.parametrize("origin", ["http://evil.test", f"{ORIGIN}.evil.test", "null", "https://throughline.test"])
@pytest.mark.parametrize("path", [REFRESH, LOGOUT])
async def test_a_foreign_page_cannot_use_the_cookie(home: House, origin: str, path: str) -> None:
    await home.login("customer@demo.test", cookie=True)

    answer = await home.http.post(path, headers={"origin": origin})

    assert (answer.status_code, problem(answer)["code"]) == (403, "foreign_origin")
    assert home.ended == []


async def test_a_used_refresh_token_gets_the_same_successor_for_ten_seconds(home: House) -> None:
    first = (await home.login("customer@demo.test"))["refresh_token"]

    one = await home.http.post(REFRESH, json={"refresh_token": first})
    home.clock.pass_(9.9)
    two = await home.http.post(REFRESH, json={"refresh_token": first})

    assert one.json()["refresh_token"] == two.json()["refresh_token"] != first


async def test_a_replay_after_ten_seconds_ends_the_family_and_its_sockets(home: House) -> None:
    signed = await home.login("customer@demo.test")
    first = signed["refresh_token"]
    second = (await home.http.post(REFRESH, json={"refresh_token": first})).json()["refresh_token"]
    home.clock.pass_(10.1)

    replay = await home.http.post(REFRESH, json={"refresh_token": first})

    assert problem(replay)["code"] == "signed_out"
    assert len(home.ended) == 1
    assert (await home.http.post(REFRESH, json={"refresh_token": second})).status_code == 401
    me = await home.http.get("/api/v1/auth/me", headers={"authorization": f"Bearer {signed['access_token']}"})
    assert me.status_code == 401


async def test_a_session_ends_after_thirty_days_however_often_it_was_refreshed(home: House) -> None:
    token = (await home.login("customer@demo.test"))["refresh_token"]
    for _ in range(3):
        home.clock.pass_(9 * 24 * 3600)
        token = (await home.http.post(REFRESH, json={"refresh_token": token})).json()["refresh_token"]
    home.clock.pass_(3 * 24 * 3600 + 1)

    assert (await home.http.post(REFRESH, json={"refresh_token": token})).status_code == 401


@pytest.mark.parametrize(
    "token", ["", "x", "trt1.a.0.b", "trt1.a.0", "trt1..1.é", "trt1.x.99999999999999999999.y", "\ud800", "a" * 9999]
)
async def test_a_refresh_token_that_is_not_ours_is_refused(home: House, token: str) -> None:
    body = b'{"refresh_token": "' + token.encode("utf-8", "surrogatepass") + b'"}'

    answer = await home.http.post(REFRESH, content=body, headers={"content-type": "application/json"})

    assert answer.status_code in {400, 401, 422}
    problem(answer)


async def test_signing_out_refuses_the_access_token_at_once_and_closes_the_sockets(home: House) -> None:
    signed = await home.login("customer@demo.test")
    headers = {"authorization": f"Bearer {signed['access_token']}"}

    answer = await home.http.post(LOGOUT, headers=headers, json={"refresh_token": signed["refresh_token"]})

    assert answer.status_code == 204
    assert len(home.ended) == 1
    assert (await home.http.get("/api/v1/auth/me", headers=headers)).status_code == 401
    refreshed = await home.http.post(REFRESH, json={"refresh_token": signed["refresh_token"]})
    assert refreshed.status_code == 401


async def test_signing_out_needs_no_more_than_the_access_token(home: House) -> None:
    answer = await home.http.post(LOGOUT, headers=await home.bearer("customer@demo.test"))

    assert (answer.status_code, len(home.ended)) == (204, 1)


async def test_signing_out_without_being_signed_in_is_fine(home: House) -> None:
    assert (await home.http.post(LOGOUT)).status_code == 204


async def test_a_disabled_user_is_out_at_the_next_refresh(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    token = (await home.login("customer@demo.test"))["refresh_token"]
    real = SqlUsers.by_id

    def disabled(self: SqlUsers, *key: Any) -> Any:
        found = real(self, *key)
        return None if found is None else msgspec.structs.replace(found, disabled=True)

    monkeypatch.setattr(SqlUsers, "by_id", disabled)

    assert (await home.http.post(REFRESH, json={"refresh_token": token})).status_code == 401
    assert len(home.ended) == 1


async def test_failures_make_the_next_tries_wait_longer_and_longer(home: House) -> None:
    wrong = {"email": "customer@demo.test", "password": "wrong"}
    for _ in range(5):
        assert (await home.http.post(LOGIN, json=wrong)).status_code == 401

    waits = []
    for _ in range(4):
        answer = await home.http.post(LOGIN, json={"email": "customer@demo.test", "password": PASSWORD})
        assert answer.status_code == 429
        waits.append(problem(answer)["retry_after"])
        assert int(answer.headers["retry-after"]) >= waits[-1]
        home.clock.pass_(waits[-1])
        assert (await home.http.post(LOGIN, json=wrong)).status_code == 401

    assert waits == [1, 2, 4, 8]


async def test_another_address_does_not_wait_for_the_first_one(home: House) -> None:
    for _ in range(6):
        await home.http.post(LOGIN, json={"email": "customer@demo.test", "password": "wrong"})

    assert (await home.login("operator@demo.test"))["user"]["role"] == "operator"


async def test_a_ticket_signs_in_one_socket_within_thirty_seconds(home: House) -> None:
    headers = await home.bearer("customer@demo.test")
    answer = await home.http.post("/api/v1/socket/ticket", headers=headers)
    late = await home.http.post("/api/v1/socket/ticket", headers=headers)

    assert (answer.status_code, answer.json()["expires_in"]) == (201, 30)
    caller = home.tickets.redeem(answer.json()["ticket"])
    assert caller is not None
    assert caller.user == "demo-customer"
    assert home.tickets.redeem(answer.json()["ticket"]) is None
    home.clock.pass_(30)
    assert home.tickets.redeem(late.json()["ticket"]) is None
