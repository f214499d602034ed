"""Bad input, path by path: each gets its documented refusal, nothing is echoed, nothing breaks."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from throughline.api.ask import MAX_BODY
from throughline.api.door import operations

from .house import House, problem

TABLE = operations()
TAKING = [o for o in TABLE if o.takes is not None]
CALLERS = [o for o in TABLE if o.who == "caller"]
ASKING = [o for o in TABLE if o.method == "GET" and o.query is not None and o.name != "readyz"]
CANARY = "zebra-canary-7f3a"
JSON = {"content-type": "application/json"}


def path(template: str) -> str:
    return template.replace("{conversation}", "c-1").replace("{file}", "docs.js")


BODIES: dict[str, tuple[bytes, dict[str, str], set[int]]] = {
    "not json": (b"{" + CANARY.encode(), JSON, {400}),
    "trailing bytes": (b"{} " + CANARY.encode(), JSON, {400, 422}),
    "utf-8 bom": (b"\xef\xbb\xbf{}", JSON, {400}),
    # 422 where the first field is no string: what its text is made of does not matter any more.
    "not utf-8": (b'{"FIELD": "\xff"}', JSON, {400, 422}),
    "nan": (b'{"FIELD": NaN}', JSON, {400}),
    "huge number": (b'{"FIELD": 1e400}', JSON, {400, 422}),
    "5000 digits": (b'{"FIELD": ' + b"9" * 5000 + b"}", JSON, {400, 422}),
    "deep list": (b"[" * 9_000 + b"]" * 9_000, JSON, {400, 422}),
    "deep in an unknown field": (b'{"zz": ' + b'{"a":' * 9_000 + b"1" + b"}" * 9_001, JSON, {400}),
    "a list": (b'["' + CANARY.encode() + b'"]', JSON, {422}),
    "a string": (b'"' + CANARY.encode() + b'"', JSON, {422}),
    "null": (b"null", JSON, {422}),
    "form": (b"a=" + CANARY.encode(), {"content-type": "application/x-www-form-urlencoded"}, {415}),
    "no content type": (b"{}", {}, {415}),
    "text that is json": (b"{}", {"content-type": "text/json"}, {415}),
    "gzip": (b"\x1f\x8b\x08\x00", JSON | {"content-encoding": "gzip"}, {415}),
    "too large by its length": (b" " * (MAX_BODY + 1), JSON, {413}),
    "length that is no number": (b"{}", JSON | {"content-length": "-1"}, {400}),
    "length beyond all": (b"{}", JSON | {"content-length": "9" * 30}, {413}),
}


@pytest.mark.parametrize("name", BODIES)
async def test_a_body_that_cannot_be_taken_is_refused_on_every_path(home: House, name: str) -> None:
    body, headers, expected = BODIES[name]
    for operation in TAKING:
        field = operation.takes.__struct_fields__[0].encode()
        answer = await home.http.request(
            operation.method,
            path(operation.path),
            content=body.replace(b"FIELD", field),
            headers=headers | home.forged(),
        )
        assert answer.status_code in expected, (operation.name, answer.text)
        problem(answer)
        assert CANARY not in answer.text


@pytest.mark.parametrize("operation", [o for o in TAKING if not o.may_be_empty], ids=lambda o: o.name)
async def test_no_body_at_all_is_refused(home: House, operation: Any) -> None:
    answer = await home.http.request(operation.method, path(operation.path), headers=home.forged() | JSON)

    assert (answer.status_code, problem(answer)["code"]) == (400, "bad_json")


@pytest.mark.parametrize("operation", TAKING, ids=lambda o: o.name)
async def test_a_body_that_comes_in_pieces_without_end_is_cut_off_at_the_cap(home: House, operation: Any) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 65_536
            assert sent <= 4 * MAX_BODY
            yield b" " * 65_536

    answer = await home.http.request(
        operation.method, path(operation.path), content=endless(), headers=home.forged() | JSON
    )

    assert (answer.status_code, problem(answer)["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/conversations", b'{"id": "a\\u0000b"}'),
        ("/api/v1/conversations", b'{"id": "\\ud800"}'),
        ("/api/v1/conversations/c-1/messages", b'{"id": "m", "text": "a\\u0000b"}'),
        ("/api/v1/conversations/c-1/messages", b'{"id": "m", "text": "x", "attachments": ["\\u0000"]}'),
        ("/api/v1/conversations/c-1/messages", b'{"id": "m", "text": "\\udfff"}'),
        ("/api/v1/auth/login", b'{"email": "a\\u0000@demo.test", "password": "x"}'),
        ("/api/v1/auth/login", b'{"email": "a@demo.test", "password": "\\ud800"}'),
        ("/api/v1/auth/refresh", b'{"refresh_token": "\\u0000"}'),
    ],
)
async def test_characters_that_cannot_be_kept_are_refused(home: House, path: str, body: bytes) -> None:
    answer = await home.http.post(path, content=body, headers=home.forged() | JSON)

    assert (answer.status_code, problem(answer)["code"]) == (422, "bad_text")


async def test_an_escaped_backslash_before_u0000_is_just_text(home: House) -> None:
    headers = await home.bearer("customer@demo.test")
    where = await home.talk(headers)

    answer = await home.http.post(
        f"/api/v1/conversations/{where}/messages", headers=headers | JSON, content=b'{"id": "m", "text": "a\\\\u0000"}'
    )

    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"id": "m"}, "Object missing required field `text`"),
        ({"id": 1, "text": CANARY}, "Expected `str`, got `int` - at `$.id`"),
        ({"id": "m", "text": [CANARY]}, "Expected `str`, got `array` - at `$.text`"),
    ],
)
async def test_a_body_of_another_form_is_told_where_without_its_words(home: House, body: Any, says: str) -> None:
    answer = await home.http.post("/api/v1/conversations/c-1/messages", json=body, headers=home.forged())

    assert (answer.status_code, problem(answer)["detail"]) == (422, says)
    assert CANARY not in answer.text


@pytest.mark.parametrize("message_id", ["", "a b", "x" * 65, "../../x", "a\nb", "é"])
async def test_an_id_that_cannot_be_a_key_is_refused(home: House, message_id: str) -> None:
    headers = await home.bearer("customer@demo.test")
    where = await home.talk(headers)

    answer = await home.http.post(
        f"/api/v1/conversations/{where}/messages", headers=headers, json={"id": message_id, "text": "x"}
    )

    assert (answer.status_code, problem(answer)["code"]) == (422, "bad_id")


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=-1", "limit=9223372036854775808", "limit=x", "limit=%00", "after=-1",
        "after=9223372036854775808", "after=-9223372036854775809", "before=%ff", "before=!!!", "before=LTE6eA",
        "format=exe", "&".join(f"a{n}=1" for n in range(60)), "limit=" + "9" * 5000, "before=" + "a" * 5000,
    ],
)  # fmt: skip
async def test_a_query_out_of_range_is_refused_or_ignored_but_never_breaks(home: House, query: str) -> None:
    headers = await home.bearer("customer@demo.test")
    where, member = await home.talk(headers), await home.bearer("operator@demo.test")
    for operation in ASKING:
        at = operation.path.replace("{conversation}", where)
        # Some lists are for members alone.
        answer = await home.http.get(f"{at}?{query}", headers=member if 403 in operation.refusals else headers)
        known = set(operation.query.__struct_fields__)
        name = query.partition("=")[0]
        assert answer.status_code == (422 if name in known or name == "a0" else 200), (operation.name, answer.text)


@pytest.mark.parametrize("operation", CALLERS, ids=lambda o: f"{o.method} {o.name}")
@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", "Bearer x", "Basic YTpi", "bearer x.y.z", "Bearer é", "Bearer " + "a" * 60_000],
)
async def test_without_a_token_of_ours_nothing_is_answered(
    home: House, operation: Any, authorization: str | None
) -> None:
    headers = {} if authorization is None else {"authorization": authorization.encode("latin-1")}

    answer = await home.http.request(operation.method, path(operation.path), headers=headers)  # type: ignore[arg-type]

    assert (answer.status_code, problem(answer)["code"]) == (401, "signed_out")
    assert answer.headers["www-authenticate"] == 'Bearer realm="throughline"'


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
async def test_another_method_is_told_which_ones_there_are(home: House, method: str) -> None:
    answer = await home.http.request(method, "/api/v1/conversations")

    assert (answer.status_code, problem(answer)["code"]) == (405, "wrong_method")
    assert answer.headers["allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize(
    "where",
    [
        "/api", "/api/", "/api/v1/nothing", "/api/v1/conversations/", "/api/v1/conversations/a/b", "/v1/x", "/.env",
        "/../../etc/passwd", "/assets/../index.html", "/assets/%2e%2e/%2e%2e/etc/passwd", "/manual/nothing.js",
        "/manual/..%2f..%2fpackage.json", "/x%00.js", "//etc/passwd",
    ],
)  # fmt: skip
async def test_a_path_that_is_not_there_is_a_404_problem(home: House, where: str) -> None:
    answer = await home.http.get(where)

    assert answer.status_code == 404
    problem(answer)


@pytest.mark.parametrize("key", ["", " ", "x" * 129, "a b", "é"])
async def test_an_idempotency_key_of_another_form_is_refused(home: House, key: str) -> None:
    headers: Any = {**(await home.bearer("customer@demo.test")), "idempotency-key": key.encode("latin-1")}

    answer = await home.http.post("/api/v1/conversations", headers=headers, json={})

    assert (answer.status_code, problem(answer)["code"]) == (422, "bad_idempotency_key")


@pytest.mark.parametrize(
    ("given", "kept"), [("abcdefgh", True), ("a" * 64, True), ("short", False), ("a" * 65, False), ("<script>", False)]
)
async def test_a_request_id_is_taken_over_only_if_it_is_well_formed(home: House, given: str, kept: bool) -> None:
    answer = await home.http.get("/livez", headers={"x-request-id": given})

    assert (answer.headers["x-request-id"] == given) is kept


async def test_attachments_and_too_long_texts_are_refused_kindly(home: House) -> None:
    headers = await home.bearer("customer@demo.test")
    where = f"/api/v1/conversations/{await home.talk(headers)}/messages"

    files = await home.http.post(where, headers=headers, json={"id": "m", "text": "x", "attachments": ["f"]})
    long = await home.http.post(where, headers=headers, json={"id": "m", "text": "x" * 2001})

    assert (files.status_code, problem(files)["code"]) == (404, "unknown_file")
    assert (long.status_code, problem(long)["code"]) == (422, "too_long")


async def test_an_unexpected_failure_says_nothing_but_its_id(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    headers = await home.bearer("customer@demo.test")

    async def breaks(_fn: object) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr(type(home.store), "read", lambda _self, fn: breaks(fn))
    answer = await home.http.get("/api/v1/conversations", headers=headers)

    assert (answer.status_code, problem(answer)["code"]) == (500, "internal")
    assert CANARY not in answer.text
    assert "Traceback" not in answer.text
