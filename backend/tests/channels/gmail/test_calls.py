"""Gmail's calls, down to the socket: what is asked, with which token, how often, and what Google's answers mean."""

import asyncio
import base64
import email
import email.policy
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs

import httplib2
import msgspec
import pytest
import pytest_asyncio

from tests.channels.scripted import Answering, Scripted, answer, drop, scripted
from throughline.channels.gmail.answers import Answer
from throughline.channels.gmail.channel import Gmail
from throughline.channels.once import Once
from throughline.conversation.channel import Accepted, Ambiguous, Enclosed, NotSent, Outcome, Place, Refused
from throughline.conversation.ids import AccountId
from throughline.ports import Connects, Fetches, Knows, Listens, Prepares

from .given import ACCESS, ANSWERED, SECRETS, THREAD, OpenLine, line, piece
from .subject import refusal

SENT = answer({"id": "m-2", "threadId": THREAD, "labelIds": ["SENT"]})
LAID = answer({"id": "r-1", "message": {"id": "m-1", "threadId": THREAD, "labelIds": ["DRAFT"]}})


def token(access: str = ACCESS, **more: Any) -> Answering:
    return answer({"access_token": access, "expires_in": 3_599, "token_type": "Bearer"} | more)


class Hand:
    """Monotonic seconds, moved by hand."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest_asyncio.fixture
async def gmail(hand: Hand) -> AsyncIterator[Gmail]:
    channel = Gmail(Once(total=30, connect=15), monotonic=hand)
    yield channel
    await channel.close()


@pytest_asyncio.fixture
async def google() -> AsyncIterator[Scripted]:
    async with scripted() as script:
        script.by_method = {"token": token()}
        script.otherwise = SENT
        yield script


def at(google: Scripted) -> OpenLine:
    return line(google.base, "simulated")


def test_it_can_what_its_protocols_say() -> None:
    channel: object = Gmail()

    assert isinstance(channel, Prepares)
    assert isinstance(channel, Listens)
    assert isinstance(channel, Knows)
    assert isinstance(channel, Fetches)
    assert isinstance(channel, Connects)


# ------------------------------------------------------------------------------------------------------- what is asked


async def test_a_mail_is_asked_for_once_by_our_own_transport(
    gmail: Gmail, google: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("httplib2 was asked")

    monkeypatch.setattr(httplib2.Http, "request", never)
    monkeypatch.setattr(httplib2.HTTPConnectionWithTimeout, "connect", never)
    monkeypatch.setattr(httplib2.HTTPSConnectionWithTimeout, "connect", never)

    assert await gmail.send(at(google), ANSWERED, piece()) == Accepted("m-2")
    refresh, send = google.asked
    assert (refresh.verb, refresh.path) == ("POST", "/oauth/token")
    assert parse_qs(refresh.body.decode()) == {
        "grant_type": ["refresh_token"], "refresh_token": [SECRETS["refresh_token"]],
        "client_id": ["123-abc.apps.googleusercontent.com"], "client_secret": [SECRETS["client_secret"]],
    }  # fmt: skip
    assert (send.verb, send.path.partition("?")[0]) == ("POST", "/api/gmail/v1/users/me/messages/send")
    assert send.headers["authorization"] == f"Bearer {ACCESS}"
    assert send.headers["accept-encoding"] == "identity"
    assert send.json["threadId"] == THREAD
    mail = email.message_from_bytes(base64.urlsafe_b64decode(send.json["raw"]), policy=email.policy.default)
    assert (mail["to"], mail["in-reply-to"]) == ("ana@example.com", "<q1@mail.example.com>")


async def test_a_draft_is_laid_down_in_its_thread_and_sent_by_its_id(gmail: Gmail, google: Scripted) -> None:
    google.by_method["drafts"] = LAID
    laid = await gmail.prepare(at(google), ANSWERED, piece())
    sent = await gmail.release(at(google), ANSWERED, piece(), f"r-1:{THREAD}")

    assert (laid, sent) == (Accepted(f"r-1:{THREAD}"), Accepted("m-2"))
    assert google.asked[1].json["message"]["threadId"] == THREAD
    assert google.asked[2].path.partition("?")[0] == "/api/gmail/v1/users/me/drafts/send"
    assert google.asked[2].json == {"id": "r-1"}


async def test_a_draft_without_a_name_is_none(gmail: Gmail, google: Scripted) -> None:
    google.by_method["drafts"] = answer({"id": "r-1"})

    assert await gmail.prepare(at(google), ANSWERED, piece()) == Ambiguous("no_draft_id")


@pytest.mark.parametrize(
    ("looked_up", "outcome"),
    [
        (answer("oops", 500), NotSent("http_500")),
        (drop, NotSent("reset")),
        (answer(refusal(403, "rateLimitExceeded"), 403), NotSent("rateLimitExceeded")),
        (answer(refusal(404, "notFound"), 404), Accepted("m-2")),
        (answer({"id": THREAD}), Accepted("m-2")),
    ],
)
async def test_before_anybody_answered_the_thread_itself_says_what_to_answer(
    gmail: Gmail, google: Scripted, looked_up: Answering, outcome: Outcome
) -> None:
    google.by_method[THREAD] = looked_up

    assert await gmail.send(at(google), Place("ana@example.com", THREAD), piece()) == outcome


@pytest.mark.parametrize(
    "address", ["", "ana", "a@b", "a@b.c, eve@x.y", "Ana <a@b.cd>", "a b@c.de", "a@b.cd\r\nBcc: e@x.y"]
)
async def test_what_is_no_address_is_refused_and_nobody_is_asked(gmail: Gmail, google: Scripted, address: str) -> None:
    assert await gmail.send(at(google), Place(address), piece()) == Refused("bad_address")
    assert google.asked == []


async def test_what_is_attached_goes_along(gmail: Gmail, google: Scripted) -> None:
    google.by_method["f1.png"] = answer(b"\x89PNG", kind="image/png")
    file = Enclosed("f1", "image", "image/png", "a/b\r\n.png", 4, f"{google.base}files/f1.png")
    outcome = await gmail.send(at(google), ANSWERED, msgspec.structs.replace(piece(), files=(file,)))

    assert outcome == Accepted("m-2")
    raw = base64.urlsafe_b64decode(google.asked[-1].json["raw"])
    (part,) = email.message_from_bytes(raw, policy=email.policy.default).iter_attachments()
    assert (part.get_content_type(), part.get_filename(), part.get_content()) == ("image/png", "a_b__.png", b"\x89PNG")


@pytest.mark.parametrize(
    ("answering", "outcome"),
    [
        (answer("no", 404), Refused("file_gone")),
        (answer("no", 503), NotSent("file_not_read")),
        (drop, NotSent("file_reset")),
    ],
)
async def test_what_is_attached_and_cannot_be_read_keeps_the_mail_back(
    gmail: Gmail, google: Scripted, answering: Answering, outcome: Outcome
) -> None:
    google.by_method["f1.png"] = answering
    file = Enclosed("f1", "image", "image/png", "f1.png", 4, f"{google.base}files/f1.png")

    assert await gmail.send(at(google), ANSWERED, msgspec.structs.replace(piece(), files=(file,))) == outcome
    assert google.methods() == ["f1.png"]


# ------------------------------------------------------------------------------------------------- what answers mean


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (403, refusal(403, "rateLimitExceeded"), NotSent("rateLimitExceeded")),
        (403, refusal(403, "userRateLimitExceeded"), NotSent("userRateLimitExceeded")),
        (429, refusal(429, "rateLimitExceeded"), NotSent("rateLimitExceeded")),
        (429, "slow down", NotSent("http_429")),
        (403, {"error": {"code": 403, "status": "PERMISSION_DENIED", "details": [{"reason": "RATE_LIMIT_EXCEEDED"}]}},
         NotSent("RATE_LIMIT_EXCEEDED")),
        (403, refusal(403, "insufficientPermissions"), Refused("insufficientPermissions", auth=True)),
        (403, {"error": {"code": 403, "details": [{"reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]}},
         Refused("ACCESS_TOKEN_SCOPE_INSUFFICIENT", auth=True)),
        (403, refusal(403, "accessNotConfigured"), Refused("accessNotConfigured", auth=True)),
        (400, refusal(400, "invalidArgument"), Refused("invalidArgument")),
        (400, {"error": {"code": 400, "status": "FAILED_PRECONDITION"}}, Refused("FAILED_PRECONDITION")),
        (404, refusal(404, "notFound"), Refused("notFound")),
        (413, "<html>too large</html>", Refused("http_413")),
        (400, {"error": {"errors": [{"reason": "Not <a> code"}]}}, Refused("http_400")),
        (400, {"error": "x"}, Refused("http_400")),
        (408, {}, Ambiguous("http_408")),
        (503, refusal(503, "backendError"), Ambiguous("http_503")),
        (301, {}, Ambiguous("redirect")),
        (204, "", Ambiguous("no_id")),
    ],
)  # fmt: skip
async def test_an_answer_of_googles_means(
    gmail: Gmail, google: Scripted, status: int, body: object, outcome: Outcome
) -> None:
    google.otherwise = answer(body, status)

    assert await gmail.send(at(google), ANSWERED, piece()) == outcome
    assert google.methods() == ["token", "send"]


async def test_a_draft_that_is_not_there_is_told_in_the_ports_words(gmail: Gmail, google: Scripted) -> None:
    google.otherwise = answer(refusal(404, "notFound"), 404)

    assert await gmail.release(at(google), ANSWERED, piece(), "r-1:t") == Refused("no_draft")


@pytest.mark.parametrize(
    ("answering", "outcome"),
    [
        (answer("oops", 502), Ambiguous("http_502")),
        (drop, Ambiguous("reset")),
        (answer(refusal(403, "rateLimitExceeded"), 403), Ambiguous("rateLimitExceeded")),
        (answer(refusal(403, "insufficientPermissions"), 403), Refused("insufficientPermissions", auth=True)),
        (answer(refusal(404, "notFound"), 404), NotSent("not_there")),
        (answer({"messages": []}), NotSent("not_there")),
    ],
)
async def test_only_what_was_looked_for_and_not_found_was_surely_not_sent(
    gmail: Gmail, google: Scripted, answering: Answering, outcome: Outcome
) -> None:
    google.otherwise = answering

    assert await gmail.sent(at(google), ANSWERED, piece(), f"r-1:{THREAD}") == outcome


async def test_a_draft_with_our_mark_is_not_a_mail_that_was_sent(gmail: Gmail, google: Scripted) -> None:
    mark = "01890a5d-ac96-774b-bcce-b302099a8057/m-1/0"

    def mail(name: str, label: str, marked: str = mark) -> dict[str, object]:
        return {
            "id": name, "labelIds": [label],
            "payload": {"headers": [{"name": "x-throughline-message", "value": marked}]},
        }  # fmt: skip

    google.otherwise = answer({"messages": [mail("m-1", "DRAFT"), mail("m-2", "SENT", mark[:-1] + "1")]})
    assert await gmail.sent(at(google), ANSWERED, piece(), "r-1:") == NotSent("not_there")
    google.otherwise = answer({"messages": [mail("m-1", "DRAFT"), mail("m-3", "SENT")]})
    assert await gmail.sent(at(google), ANSWERED, piece(), "r-1:") == Accepted("m-3")


# ------------------------------------------------------------------------------------------------------------ tokens


async def test_a_token_is_used_until_five_minutes_before_its_end(gmail: Gmail, google: Scripted, hand: Hand) -> None:
    for seconds in (0, 3_298, 2):
        hand.seconds += seconds
        await gmail.send(at(google), ANSWERED, piece())

    assert google.methods() == ["token", "send", "send", "token", "send"]


async def test_a_short_token_is_used_for_half_of_its_life(gmail: Gmail, google: Scripted, hand: Hand) -> None:
    google.by_method["token"] = token(expires_in=60)
    for seconds in (0, 29, 2):
        hand.seconds += seconds
        await gmail.send(at(google), ANSWERED, piece())

    assert google.methods() == ["token", "send", "send", "token", "send"]


async def test_many_at_once_refresh_once(gmail: Gmail, google: Scripted) -> None:
    outcomes = await asyncio.gather(*(gmail.send(at(google), ANSWERED, piece()) for _ in range(8)))

    assert set(outcomes) == {Accepted("m-2")}
    assert google.methods().count("token") == 1


async def test_a_refused_token_is_refreshed_once_and_then_believed(gmail: Gmail, google: Scripted) -> None:
    google.otherwise = answer(refusal(401, "authError"), 401)

    assert await gmail.send(at(google), ANSWERED, piece()) == Refused("unauthorized", auth=True)
    assert google.methods() == ["token", "send", "token", "send"]


async def test_another_sign_in_has_another_token(gmail: Gmail, google: Scripted) -> None:
    one = at(google)
    other = msgspec.structs.replace(one, secrets=SECRETS | {"refresh_token": "1//another"})
    account = msgspec.structs.replace(one, account=msgspec.structs.replace(one.account, id=AccountId("a-2")))
    for each in (one, other, account, account):
        await gmail.send(each, ANSWERED, piece())

    assert google.methods().count("token") == 3


@pytest.mark.parametrize(
    ("answering", "outcome"),
    [
        (answer({"error": "invalid_grant", "error_description": "Token has been expired or revoked."}, 400),
         Refused("invalid_grant", auth=True)),
        (answer({"error": "invalid_client"}, 401), Refused("invalid_client", auth=True)),
        (answer({"error": "some code of tomorrow <b>"}, 400), Refused("oauth_error")),
        (answer({"error": "internal_failure"}, 500), NotSent("oauth_http_500")),
        (answer("slow", 429, headers=[("Retry-After", "9")]), NotSent("oauth_http_429", 9.0)),
        (answer("<html>"), NotSent("oauth_http_200")),
        (answer({"access_token": 5}), NotSent("oauth_no_token")),
        (answer({"access_token": "ya29\r\nX-Evil: 1"}), NotSent("oauth_no_token")),
        (answer({"access_token": "x", "expires_in": 60}, 302, headers=[("Location", "/api/x")]),
         NotSent("oauth_http_302")),
        (drop, NotSent("reset")),
    ],
)  # fmt: skip
async def test_where_there_is_no_token_nothing_was_sent(
    gmail: Gmail, google: Scripted, answering: Answering, outcome: Outcome
) -> None:
    google.by_method["token"] = answering

    assert await gmail.send(at(google), ANSWERED, piece()) == outcome
    assert google.methods() == ["token"]
    if isinstance(outcome, Refused) and outcome.auth:
        assert (await gmail.probe(at(google))).health == "needs_reauth"


@pytest.mark.parametrize("missing", ["client_secret", "refresh_token"])
async def test_without_its_secrets_nobody_is_asked(gmail: Gmail, google: Scripted, missing: str) -> None:
    bare = msgspec.structs.replace(at(google), secrets={k: v for k, v in SECRETS.items() if k != missing})
    outcome = await gmail.send(bare, ANSWERED, piece())

    assert isinstance(outcome, Refused)
    assert outcome.auth
    assert google.asked == []


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        ({"refresh_token": "1//new", "scope": "openid email"}, Refused("missing_scope", auth=True)),
        ({}, Refused("no_refresh_token", auth=True)),
    ],
)
async def test_a_code_that_is_worth_too_little_is_refused(
    gmail: Gmail, google: Scripted, told: dict[str, Any], outcome: Outcome
) -> None:
    google.by_method["token"] = token(**told)

    assert await gmail.exchange(at(google), "https://us/back", "code-1", "v" * 43) == outcome


async def test_a_code_for_another_mailbox_is_refused(gmail: Gmail, google: Scripted) -> None:
    google.by_method["token"] = token(refresh_token="1//new")
    google.by_method["profile"] = answer({"emailAddress": "other@example.com"})

    assert await gmail.exchange(at(google), "https://us/back", "code-1", "v" * 43) == Refused(
        "other_mailbox", auth=True
    )


def test_the_consent_page_is_googles_for_a_real_account() -> None:
    page = Gmail().consent(line(), "https://us/back", "state-1", "v" * 43)

    assert page.startswith("https://accounts.google.com/o/oauth2/v2/auth?")
    assert "gmail.modify" in page
    assert "code_challenge=" in page
    assert "v" * 43 not in page


async def test_a_large_answer_is_taken_apart_only_where_it_is_asked(gmail: Gmail, google: Scripted) -> None:
    google.otherwise = answer({"id": "m-1", "payload": {"body": {"data": "x" * 100_000}}})
    found = await gmail.ask(at(google), lambda users: users.messages().get(userId="me", id="m-1"))
    assert isinstance(found, Answer)
    assert found._data is None
    assert found.text("id") == "m-1"
    google.otherwise = answer("<html>" + "x" * 100_000)
    assert await gmail.ask(at(google), lambda users: users.getProfile(userId="me")) == Ambiguous("bad_json")
