"""Conversations over HTTP, as their owner and their operators see them."""

from throughline.conversation.events import ConversationReopened
from throughline.conversation.ids import ConversationId, TenantId
from throughline.ports import StoreDown, Tx

from .house import House, problem

ALL = "/api/v1/conversations"


async def test_a_started_conversation_is_in_the_list_and_can_be_read(home: House) -> None:
    headers = await home.bearer("customer@demo.test")
    made = await home.http.post(ALL, headers=headers, json={})
    where = made.json()["id"]

    assert (made.status_code, made.headers["location"]) == (201, f"{ALL}/{where}")
    listed = (await home.http.get(ALL, headers=headers)).json()
    assert [c["id"] for c in listed["items"]] == [where]
    assert (await home.http.get(f"{ALL}/{where}", headers=headers)).json() == listed["items"][0] == made.json()


async def test_an_empty_body_starts_a_conversation_too(home: House) -> None:
    assert (await home.http.post(ALL, headers=await home.bearer("customer@demo.test"))).status_code == 201


async def test_the_same_id_gives_the_same_conversation(home: House) -> None:
    headers = await home.bearer("customer@demo.test")

    made = [(await home.http.post(ALL, headers=headers, json={"id": "chosen-1"})).json() for _ in range(2)]

    assert made[0] == made[1]
    assert made[0]["id"] == "chosen-1"


async def test_a_message_is_kept_once_however_often_it_is_sent(home: House) -> None:
    headers = await home.bearer("customer@demo.test")
    where = await home.talk(headers)
    message = {"id": "m-1", "text": "hello"}

    answers = [await home.http.post(f"{ALL}/{where}/messages", headers=headers, json=message) for _ in range(2)]
    other = await home.http.post(f"{ALL}/{where}/messages", headers=headers, json=message | {"text": "changed"})

    assert answers[0].json() == answers[1].json() == {"id": "m-1", "c": where, "seq": 3}
    assert (other.status_code, problem(other)["code"]) == (409, "id_reused")


async def test_events_come_in_pages_as_the_frames_a_socket_would_get(home: House) -> None:
    headers = await home.bearer("customer@demo.test")
    where = await home.talk(headers, "one", "two")

    first = (await home.http.get(f"{ALL}/{where}/events?limit=2", headers=headers)).json()
    rest = (await home.http.get(f"{ALL}/{where}/events?after={first['next']}", headers=headers)).json()

    assert [e["kind"] for e in first["items"] + rest["items"]] == [
        "conversation_started", "bound", "message", "message",
    ]  # fmt: skip
    assert [e["seq"] for e in first["items"] + rest["items"]] == [1, 2, 3, 4]
    assert (first["head"], first["epoch"], first["next"], rest["next"]) == (4, home.store.epoch, 2, None)
    assert rest["items"][0]["body"]["text"] == "one"


async def test_events_after_the_head_are_an_empty_page(home: House) -> None:
    headers = await home.bearer("customer@demo.test")
    where = await home.talk(headers)

    page = (await home.http.get(f"{ALL}/{where}/events?after=9007199254740991", headers=headers)).json()

    assert (page["items"], page["next"]) == ([], None)


async def test_lists_page_without_gap_or_repeat(home: House) -> None:
    headers = await home.bearer("customer@demo.test")
    made = []
    for n in range(5):
        made.append(await home.talk(headers))
        home.clock.pass_(n % 2)

    seen, before = [], ""
    for _ in range(10):
        page = (await home.http.get(f"{ALL}?limit=2&before={before}", headers=headers)).json()
        seen += [c["id"] for c in page["items"]]
        before = page["next"]
        if before is None:
            break

    assert seen == made[::-1]


async def test_members_see_all_conversations_of_their_tenant_and_can_write_into_them(home: House) -> None:
    where = await home.talk(await home.bearer("customer@demo.test"), "help me")
    member = await home.bearer("operator@demo.test")

    assert [c["id"] for c in (await home.http.get(ALL, headers=member)).json()["items"]] == [where]
    kept = await home.http.post(f"{ALL}/{where}/messages", headers=member, json={"id": "op-1", "text": "on my way"})
    assert kept.status_code == 201
    rows = (await home.http.get(f"{ALL}/{where}/deliveries", headers=member)).json()["items"]
    assert [(r["message"], r["channel"], r["state"], r["owed"]) for r in rows] == [("op-1", "web", "accepted", True)]
    bindings = (await home.http.get(f"{ALL}/{where}/bindings", headers=member)).json()["items"]
    assert [(b["channel"], b["mode"]) for b in bindings] == [("web", "active")]


async def test_a_member_has_no_conversations_of_their_own_to_start(home: House) -> None:
    answer = await home.http.post(ALL, headers=await home.bearer("operator@demo.test"), json={})

    assert (answer.status_code, problem(answer)["code"]) == (403, "forbidden")


async def test_an_export_as_json_holds_every_event_in_order(home: House) -> None:
    headers = await home.bearer("customer@demo.test")
    where = await home.talk(headers, "one", 'two "quoted"')

    answer = await home.http.get(f"{ALL}/{where}/export", headers=headers)

    assert answer.headers["content-disposition"] == f'attachment; filename="conversation-{where}.json"'
    document = answer.json()
    assert [e["seq"] for e in document["items"]] == [1, 2, 3, 4]
    assert document["items"][3]["body"]["text"] == 'two "quoted"'
    assert document["conversation"]["id"] == where


async def test_an_export_longer_than_a_page_is_whole(home: House) -> None:
    headers = await home.bearer("customer@demo.test")
    where = await home.talk(headers)

    def many(tx: Tx) -> None:
        for _ in range(1_203):
            tx.log.append(TenantId("demo"), ConversationId(where), 1, ConversationReopened())

    await home.store.write(many)

    document = (await home.http.get(f"{ALL}/{where}/export", headers=headers)).json()

    assert [e["seq"] for e in document["items"]] == list(range(1, 1_206))


async def test_an_export_as_markdown_reads_like_the_talk(home: House) -> None:
    headers = await home.bearer("customer@demo.test")
    where = await home.talk(headers, "How do I move to Slack?")

    answer = await home.http.get(f"{ALL}/{where}/export?format=md", headers=headers)

    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert answer.text.startswith("# How do I move to Slack?\n\nWith Casey, ")
    assert "**Casey** · web · " in answer.text


async def test_a_key_makes_one_conversation_only(home: House) -> None:
    headers = await home.bearer("customer@demo.test") | {"idempotency-key": "k-1"}

    made = [(await home.http.post(ALL, headers=headers, json={})).json()["id"] for _ in range(3)]

    assert len(set(made)) == 1
    assert len((await home.http.get(ALL, headers=headers)).json()["items"]) == 1


async def test_a_key_with_another_request_is_refused(home: House) -> None:
    headers = await home.bearer("customer@demo.test") | {"idempotency-key": "k-1"}
    where = (await home.http.post(ALL, headers=headers, json={})).json()["id"]

    again = await home.http.post(ALL, headers=headers, json={"id": "another"})
    elsewhere = await home.http.post(f"{ALL}/{where}/messages", headers=headers, json={"id": "m", "text": "x"})

    assert (again.status_code, problem(again)["code"]) == (422, "idempotency_key_reused")
    assert problem(elsewhere)["code"] == "idempotency_key_reused"


async def test_a_key_of_one_user_means_nothing_for_another(home: House) -> None:
    one = await home.bearer("customer@demo.test") | {"idempotency-key": "k"}
    two = await home.bearer("customer@rival.test") | {"idempotency-key": "k"}

    first = await home.http.post(ALL, headers=one, json={})
    second = await home.http.post(ALL, headers=two, json={})

    assert second.status_code == 201
    assert first.json()["id"] != second.json()["id"]


async def test_a_message_under_a_key_is_kept_once(home: House) -> None:
    headers = await home.bearer("customer@demo.test")
    where = await home.talk(headers)
    keyed = headers | {"idempotency-key": "k-9"}
    body = {"id": "m-1", "text": "hello"}

    answers = [await home.http.post(f"{ALL}/{where}/messages", headers=keyed, json=body) for _ in range(2)]

    assert answers[0].json() == answers[1].json()


async def test_a_store_that_is_down_answers_503_and_when_to_come_back(home: House) -> None:
    headers = await home.bearer("customer@demo.test")
    where = await home.talk(headers)

    async def down(_fn: object) -> None:
        raise StoreDown

    home.store.write = home.store.read = down  # type: ignore[method-assign,assignment]
    asked = [
        await home.http.get(ALL, headers=headers),
        await home.http.post(ALL, headers=headers, json={}),
        await home.http.post(f"{ALL}/{where}/messages", headers=headers, json={"id": "m", "text": "x"}),
        await home.http.post("/api/v1/auth/login", json={"email": "a@b.test", "password": "x"}),
    ]

    assert [(a.status_code, problem(a)["code"]) for a in asked] == [(503, "busy")] * 4
    assert all(int(a.headers["retry-after"]) > 0 for a in asked)


async def test_more_than_the_tenants_requests_a_minute_are_refused_for_a_while(home: House) -> None:
    headers = await home.bearer("customer@demo.test")
    for _ in range(600):
        assert home.door.limits.hit(("requests", "demo", "demo-customer"), 600, 60.0) is None

    over = await home.http.get(ALL, headers=headers)
    other = await home.http.get(ALL, headers=await home.bearer("operator@demo.test"))

    assert (over.status_code, problem(over)["code"]) == (429, "too_many_requests")
    assert over.headers["ratelimit"].startswith('"requests";r=0;t=')
    assert over.headers["ratelimit-policy"] == '"requests";q=600;w=60'
    assert other.status_code == 200
    assert other.headers["ratelimit-policy"] == '"requests";q=600;w=60'


async def test_the_thirty_first_message_of_a_minute_waits(home: House) -> None:
    headers = await home.bearer("customer@demo.test")
    where = await home.talk(headers, *(f"{n}" for n in range(30)))

    over = await home.http.post(f"{ALL}/{where}/messages", headers=headers, json={"id": "late", "text": "x"})

    assert (over.status_code, problem(over)["code"], over.headers["retry-after"]) == (429, "rate_limited", "60")
