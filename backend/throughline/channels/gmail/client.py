"""Requests to Gmail's API: the library builds each, our own transport sends it once.

google-api-python-client knows every method, path and parameter from the discovery document that it brings along. Its
own transport is never used: httplib2 keeps connections that more than one thread must not share, follows redirects,
and repeats a POST whose connection broke, each of which can make one mail two.
"""

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from functools import cache, partial
from typing import Any, NoReturn

from googleapiclient.discovery import build_from_document
from googleapiclient.discovery_cache import get_static_doc
from googleapiclient.http import MediaInMemoryUpload

from throughline.channels.gmail.answers import Answer, Failed, meant
from throughline.channels.once import MOST, Flowing, Once, Told
from throughline.conversation.channel import Ambiguous, NotSent, Refused

#: Addresses of the API whose service object is kept: the real one, and a stand-in's now and then.
_SERVICES = 16
#: Bytes of a mail that still goes inside the JSON; a larger one is uploaded.
_INSIDE = 1_000_000

#: Says which method is asked for: `lambda users: users.getProfile(userId="me")`.
Asking = Callable[[Any], Any]


class _Nothing:
    """Stands where the library wants an httplib2.Http; it is asked for nothing."""

    credentials = None

    def request(self, *_: object, **__: object) -> NoReturn:
        """Never called: requests are built here, and sent by Once."""
        raise AssertionError("httplib2 is not used")


class Client:
    """Calls for every account over one pool of connections. No token stays with it."""

    def __init__(self, once: Once | None = None) -> None:
        self._once = once or Once()
        self._services: OrderedDict[str, Any] = OrderedDict()

    async def call(self, base_url: str, token: str, asking: Asking, most: int = MOST) -> Answer | Failed:
        """Ask once; an answer of more than `most` bytes is Ambiguous("too_big")."""
        request = asking(self._users(base_url))
        body = request.body
        content = body.encode() if isinstance(body, str) else body or b""
        told = await self._once.ask(
            request.method, request.uri, headers=_headers(request, token), content=content, most=most
        )
        return meant(told) if isinstance(told, Told) else told

    def open(
        self, base_url: str, token: str, most: int, asking: Asking
    ) -> AbstractAsyncContextManager[Flowing | NotSent | Refused | Ambiguous]:  # fmt: skip
        """Read something large as it comes, at most `most` bytes of it."""
        request = asking(self._users(base_url))
        return self._once.open(request.uri, most=most, headers=_headers(request, token))

    async def close(self) -> None:
        """Let the connections go."""
        await self._once.close()

    def _users(self, base_url: str) -> Any:
        """The methods under `users`, for an API at this address. Made without the network, and kept."""
        known = self._services.get(base_url)
        if known is None:
            document = json.loads(get_static_doc("gmail", "v1"))
            # Uploads take their address from here, and from nowhere else.
            document["rootUrl"] = document["baseUrl"] = base_url
            service = _kept(build_from_document(document, http=_Nothing()), document)
            known = self._services[base_url] = service.users()
            if len(self._services) > _SERVICES:
                self._services.popitem(last=False)
        return known


def _kept(resource: Any, described: Mapping[str, Any]) -> Any:
    """A resource whose parts are made once: the library makes all methods of a part anew each time it is named."""
    for name, part in described.get("resources", {}).items():
        make = getattr(resource, name)
        setattr(resource, name, cache(partial(_made, make, part)))
    return resource


def _made(make: Callable[[], Any], described: Mapping[str, Any]) -> Any:
    return _kept(make(), described)


def _headers(request: Any, token: str) -> dict[str, str]:
    """A token is what oauth.py has found to be one: nothing but printable ASCII."""
    return {**request.headers, "authorization": f"Bearer {token}"}


def mail(users: Any, method: str, raw: bytes, encoded: str, thread: str | None) -> Any:
    """A request that hands in a mail: `drafts` or `messages`. `encoded` is `raw` in base64url."""
    where = {"threadId": thread} if thread else {}
    small = len(raw) <= _INSIDE
    message = {**where, "raw": encoded} if small else where
    media = None if small else MediaInMemoryUpload(raw, mimetype="message/rfc822")
    if method == "drafts":
        return users.drafts().create(userId="me", body={"message": message}, media_body=media)
    return users.messages().send(userId="me", body=message, media_body=media)
