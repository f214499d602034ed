"""A Gmail that has whatever mail it is told to have: history, messages, tokens and the keys that pushes are signed by.

`python -m bench.peers.google PORT KEYS`: KEYS is a file with the key set. `POST /mails {"count", "hostile"}` adds some.
It knows no quota and forgets nothing, so that only the reader's own pace is seen.
"""

import argparse
import base64
import importlib.util
import json
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rig.machine import BACKEND

PAGE = 500
#: Mails that somebody wrote to stop us: the tests' own, taken by file, because nothing else of the tests is here.
HOSTILE = BACKEND / "tests" / "channels" / "gmail" / "hostile.py"
_HISTORY = 1_000


class Mailbox:
    """Mails by number; each was one step of the history."""

    def __init__(self, keys: bytes) -> None:
        self._keys = keys
        self._mails: list[tuple[str, int]] = []
        spec = importlib.util.spec_from_file_location("hostile", HOSTILE)
        assert spec is not None
        assert spec.loader is not None
        self._hostile: Any = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self._hostile)

    def app(self) -> Starlette:
        """Everything it answers."""
        users = "/gmail/api/gmail/v1/users/{who}"
        return Starlette(
            routes=[
                Route("/mails", self._add, methods=["POST"]),
                Route("/gmail/oauth/certs", self._certs),
                Route("/gmail/oauth/token", self._token, methods=["POST"]),
                Route(f"{users}/profile", self._profile),
                Route(f"{users}/history", self._news),
                Route(f"{users}/messages/{{name}}", self._mail),
                Route("/gmail/api/{rest:path}", self._nothing, methods=["GET", "POST", "DELETE"]),
            ]
        )

    async def _add(self, request: Request) -> Response:
        asked = await request.json()
        kinds = sorted(self._hostile.KINDS)
        begin = len(self._mails)
        for number in range(begin, begin + asked["count"]):
            kind = kinds[number % len(kinds)] if asked["hostile"] else ""
            # The large ones do for ten rounds: they cost the network, not the reader.
            large = kind in self._hostile.LARGE and number >= 10 * len(kinds)
            self._mails.append(("introductions almost" if large else kind, number))
        return JSONResponse({"count": len(self._mails)})

    async def _certs(self, _: Request) -> Response:
        return Response(self._keys, media_type="application/json")

    async def _token(self, _: Request) -> Response:
        return JSONResponse({"access_token": "ya29.bench", "expires_in": 3_600, "token_type": "Bearer"})

    async def _profile(self, _: Request) -> Response:
        return JSONResponse({"emailAddress": "bench@example.com", "historyId": str(_HISTORY + len(self._mails))})

    async def _news(self, request: Request) -> Response:
        since = int(request.query_params.get("pageToken") or request.query_params["startHistoryId"])
        first = max(0, since - _HISTORY)
        found = self._mails[first : first + PAGE]
        records = [
            {"id": str(_HISTORY + number + 1), "messagesAdded": [{"message": stub}], "messages": [stub]}
            for _, number in found
            for stub in ({"id": f"19aa{number:08x}", "threadId": f"19ab{number:08x}", "labelIds": ["INBOX"]},)
        ]
        told: dict[str, Any] = {"historyId": str(_HISTORY + len(self._mails)), "history": records}
        if first + len(found) < len(self._mails):
            told["nextPageToken"] = str(_HISTORY + first + len(found))
        return JSONResponse(told)

    async def _mail(self, request: Request) -> Response:
        number = int(request.path_params["name"][4:], 16)
        kind, _ = self._mails[number]
        if kind:
            whole = self._hostile.written(kind, number)
            if request.query_params.get("format") == "metadata":
                # What is too large to be read whole is asked for again without its body.
                outer = {"id": f"19aa{number:08x}", "threadId": "19aa00", "labelIds": ["INBOX"]}
                headers = [{"name": "From", "value": "Mallory <mallory@example.net>"}]
                payload: dict[str, Any] = {"mimeType": "text/plain", "headers": headers}
                return JSONResponse({**outer, "internalDate": "1795258000000", "payload": payload})
            return Response(whole, media_type="application/json")
        text = base64.urlsafe_b64encode(f"g{number:08d} Where is my order?".encode()).decode()
        headers = [
            {"name": "From", "value": f"Ana <ana{number % 100}@example.net>"}, {"name": "Subject", "value": "Hello"},
            {"name": "To", "value": "bench@example.com"}, {"name": "Message-ID", "value": f"<{number}@example.net>"},
        ]  # fmt: skip
        payload = {"mimeType": "text/plain", "headers": headers, "body": {"size": len(text), "data": text}}
        outer = {"id": f"19aa{number:08x}", "threadId": f"19ab{number:08x}", "labelIds": ["INBOX"]}
        return Response(
            json.dumps({**outer, "internalDate": "1795258000000", "payload": payload}), media_type="application/json"
        )

    async def _nothing(self, _: Request) -> Response:
        return JSONResponse({})


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("keys", type=Path)
    given = parser.parse_args()
    uvicorn.run(Mailbox(given.keys.read_bytes()).app(), port=given.port, log_level="critical")
