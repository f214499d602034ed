"""Consent and tokens, spoken to by google-auth and Authlib."""

import asyncio
import re
from collections.abc import AsyncIterator
from html import unescape
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import google.oauth2.credentials
import httpx2
import pytest
from authlib.integrations.httpx_client import OAuth2Client
from google.auth.exceptions import RefreshError

from .gmail_stage import BOX, CLIENT, REFRESH, SECRET, Stage, stage

HERE = "http://127.0.0.1:9/back?kept=1"
MODIFY = "https://www.googleapis.com/auth/gmail.modify"


@pytest.fixture
async def gmail() -> AsyncIterator[Stage]:
    async with stage() as found:
        yield found


class Plain:
    """google-auth's transport, over a plain client."""

    def __call__(self, url: str, method: str = "GET", body: Any = None, headers: Any = None, **_: Any) -> Any:
        response = httpx2.request(method, url, content=body, headers=headers, trust_env=False)

        return SimpleNamespace(status=response.status_code, headers=dict(response.headers), data=response.content)


async def test_google_auth_refreshes_a_token(gmail: Stage) -> None:
    found = google.oauth2.credentials.Credentials(  # type: ignore[no-untyped-call]
        None, REFRESH, None, f"{gmail.base}/gmail/oauth/token", CLIENT, SECRET, [MODIFY]
    )
    await asyncio.to_thread(found.refresh, Plain())
    gmail.token = str(found.token)

    assert (await gmail.call("getProfile"))["emailAddress"] == BOX
    await gmail.post("/_ctl/revoke", mailbox=BOX)
    with pytest.raises(RefreshError, match="invalid_grant"):
        await asyncio.to_thread(found.refresh, Plain())


def through(gmail: Stage, **more: Any) -> tuple[dict[str, Any], str]:
    """The whole way of a consent by Authlib: the token that comes out, and the page."""
    verifier = "v" * 60
    with OAuth2Client(
        CLIENT, SECRET, scope=MODIFY, redirect_uri=HERE, code_challenge_method="S256", trust_env=False,
        **{"token_endpoint_auth_method": "client_secret_post"} | more,
    ) as client:  # fmt: skip
        url, state = client.create_authorization_url(
            f"{gmail.base}/gmail/oauth/auth", code_verifier=verifier, access_type="offline", prompt="consent"
        )
        with httpx2.Client(trust_env=False) as browser:
            page = browser.get(url)
            fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', page.text))
            back = browser.post(url.partition("?")[0], data={k: unescape(v) for k, v in fields.items()})
        assert back.status_code == 302
        token = client.fetch_token(
            f"{gmail.base}/gmail/oauth/token", authorization_response=back.headers["location"], state=state,
            code_verifier=verifier,
        )  # fmt: skip
        assert parse_qs(urlsplit(back.headers["location"]).query)["kept"] == ["1"]
        return dict(token), page.text


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("how", ["client_secret_post", "client_secret_basic"])
async def test_authlib_goes_the_whole_way(gmail: Stage, how: str) -> None:
    token, page = await asyncio.to_thread(through, gmail, token_endpoint_auth_method=how)

    assert (token["expires_in"], token["token_type"], token["scope"]) == (3_599, "Bearer", MODIFY)
    assert page.count("<button") == 1
    assert "<script" not in page
    assert "prefers-color-scheme: dark" in page
    gmail.token = token["access_token"]
    assert (await gmail.call("getProfile"))["emailAddress"] == BOX
    again = await gmail.grant(refresh_token=token["refresh_token"])
    assert set(again.json()) == {"access_token", "expires_in", "scope", "token_type"}


async def consent(gmail: Stage, **more: str) -> httpx2.Response:
    given = {
        "client_id": CLIENT, "redirect_uri": HERE, "response_type": "code", "scope": MODIFY, "state": "s&t", **more,
    }  # fmt: skip
    return await gmail.http.post("/oauth/auth", data=given)


async def code(gmail: Stage, **more: str) -> str:
    response = await consent(gmail, **more)
    query = parse_qs(urlsplit(response.headers["location"]).query)
    assert query["state"] == ["s&t"]
    return query["code"][0]


async def exchange(gmail: Stage, given: str, **more: str) -> tuple[int, Any]:
    response = await gmail.grant(
        **{"grant_type": "authorization_code", "code": given, "redirect_uri": HERE, "refresh_token": ""} | more
    )
    return response.status_code, response.json().get("error")


async def test_a_code_is_worth_something_once_soon_and_to_whoever_began(gmail: Stage) -> None:
    challenge = {"code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "S256"}
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    good = await code(gmail, **challenge)
    assert await exchange(gmail, good, code_verifier="x" * 43) == (400, "invalid_grant")
    assert await exchange(gmail, good) == (400, "invalid_grant")
    assert await exchange(gmail, good, code_verifier=verifier, redirect_uri="http://127.0.0.1/") == (
        400, "redirect_uri_mismatch",
    )  # fmt: skip
    assert await exchange(gmail, good, code_verifier=verifier) == (200, None)
    assert await exchange(gmail, good, code_verifier=verifier) == (400, "invalid_grant")
    late = await code(gmail)
    await gmail.advance(600)
    assert await exchange(gmail, late) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"client_id": "nobody"}, "invalid_client"),
        ({"redirect_uri": "https://evil.example.com/"}, "redirect_uri_mismatch"),
        ({"redirect_uri": "http://127.0.0.1@evil.example.com/"}, "redirect_uri_mismatch"),
        ({"redirect_uri": "javascript:alert(1)"}, "redirect_uri_mismatch"),
        ({"redirect_uri": "http://[::1"}, "redirect_uri_mismatch"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": ""}, "invalid_scope"),
        ({"code_challenge": "x", "code_challenge_method": "plain"}, "invalid_request"),
    ],
)
async def test_a_consent_that_is_not_given(gmail: Stage, more: dict[str, str], word: str) -> None:
    response = await consent(gmail, **more)

    assert (response.status_code, "location" in response.headers) == (400, False)
    assert word in response.text


async def test_what_comes_in_the_address_is_text_on_the_page(gmail: Stage) -> None:
    given = {
        "client_id": CLIENT, "redirect_uri": f"{HERE}&x=\"><script>alert(1)</script>", "response_type": "code",
        "scope": "<b>bold</b>", "state": "'\"><img src=x>",
    }  # fmt: skip
    response = await gmail.http.get("/oauth/auth", params=given)

    assert response.status_code == 200
    assert not re.search(r"<script|<img|<b>", response.text)
    assert "script-src" not in response.headers["content-security-policy"]
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    cancel = unescape(re.findall(r'<a href="([^"]+)"', response.text)[0])
    assert parse_qs(urlsplit(cancel).query)["error"] == ["access_denied"]


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"refresh_token": "wrong"}, 400, "invalid_grant"),
        ({"refresh_token": ""}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": ""}, 400, "invalid_request"),
        ({"grant_type": "authorization_code", "code": "wrong"}, 400, "invalid_grant"),
    ],
)
async def test_what_the_token_endpoint_refuses(gmail: Stage, form: dict[str, str], status: int, error: str) -> None:
    response = await gmail.grant(**form)

    assert (response.status_code, response.json()["error"]) == (status, error)
    assert "error_description" in response.json()
    assert REFRESH not in str(await gmail.requests())


async def test_an_access_token_ends_by_the_stand_ins_clock(gmail: Stage) -> None:
    await gmail.advance(3_598)
    assert (await gmail.call("getProfile"))["emailAddress"] == BOX
    await gmail.advance(1)
    assert await gmail.refused("getProfile") == (401, "authError")


async def test_access_taken_away_ends_every_token(gmail: Stage) -> None:
    assert (await gmail.http.post("/oauth/revoke", data={"token": REFRESH})).status_code == 200
    assert await gmail.refused("getProfile") == (401, "authError")
    assert (await gmail.grant()).json()["error"] == "invalid_grant"
    assert (await gmail.http.post("/oauth/revoke", data={"token": REFRESH})).status_code == 400
    await gmail.end()
    assert (await gmail.grant()).status_code == 200


async def test_a_token_may_be_refused_by_switch(gmail: Stage) -> None:
    await gmail.switch(end=BOX, method="token", fail="invalid_grant", times=1)
    assert (await gmail.grant()).json()["error"] == "invalid_grant"
    assert (await gmail.grant()).status_code == 200
