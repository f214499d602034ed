"""The door of a provider's API: what a call does, kept in the ledger, then answered as far as the switches let it."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from starlette.responses import Response

from sandbox import broken
from sandbox.controls import said
from sandbox.phones.facts import Asked
from sandbox.phones.ledger import Ledger, kept
from sandbox.phones.provider import Done, Provider, Refused
from sandbox.switches import Switches

#: Switches that let a call have its effect.
_LATE = ("lose_answer", "cut", "huge_mb", "drip_s", "hang_s")


class Call(Struct, frozen=True):
    """One request, as it is kept: to which end, by which name, with what."""

    end: str
    method: str
    body: Any


class Door:
    """Used by each provider's API for every request."""

    def __init__(self, ledger: Ledger, provider: Provider) -> None:
        self._ledger, self._provider = ledger, provider

    async def through(
        self, call: Call, work: Callable[[], Done], wrap: Callable[[Done], Response] | None = None
    ) -> Response:
        """Do `work`, which may say Refused, unless a switch comes first. `wrap`: the answer, where it is not JSON."""
        clock, switches = self._ledger.clock, self._ledger.board.use(call.end, call.method)
        asked = Asked(0, clock.wall(), call.end, call.method, kept(call.body), done=False, status=0)
        if switches.delay_ms:
            await clock.until(clock.now() + switches.delay_ms / 1000)
        if (early := self._early(switches)) is not None:
            response, word = early
            await self._ledger.commit([], asked=_finished(asked, response, broken_by=word, error=switches.fail))
            return response
        done, error = Done(), ""
        try:
            done = work()
        except Refused as refused:
            error, response = refused.code, self._provider.refusal(refused.code, refused.details)
        else:
            response = said(done.body, done.status) if wrap is None else wrap(done)
        word = next((name for name in _LATE if getattr(switches, name)), "")
        kept_as = _finished(asked, response, broken_by=word, error=error, done=done)
        await self._ledger.commit(done.changes, done.owed, kept_as)
        if switches.hang_s:
            await clock.until(clock.now() + switches.hang_s)
        return self._late(switches, response)

    async def refuse(self, call: Call, code: str) -> Response:
        """Refused before anything else is looked at."""
        response = self._provider.refusal(code)
        asked = Asked(0, self._ledger.clock.wall(), call.end, call.method, kept(call.body), done=False, status=0)
        await self._ledger.commit([], asked=_finished(asked, response, broken_by="", error=code))
        return response

    def _early(self, switches: Switches) -> tuple[Response, str] | None:
        """An answer that a switch gives in the call's place, without effect, and the switch."""
        if switches.drop_request:
            return broken.Nothing(), "drop_request"
        if switches.http:
            return broken.page(switches.http), "http"
        if switches.html:
            return broken.page(200), "html"
        if switches.rate_limit:
            response = self._provider.refusal("rate_limit")
            response.headers["retry-after"] = str(switches.rate_limit)
            return response, "rate_limit"
        return (self._provider.refusal(switches.fail), "fail") if switches.fail else None

    def _late(self, switches: Switches, response: Response) -> Response:
        """What the switches make of an answer that had its effect."""
        if switches.lose_answer:
            return broken.Nothing()
        if switches.huge_mb:
            return broken.huge(response, switches.huge_mb)
        if switches.drip_s:
            return broken.Drip(response, switches.drip_s, self._ledger.clock)
        return broken.Half(response.body, response.status_code, dict(response.headers)) if switches.cut else response


def _finished(asked: Asked, response: Response, *, broken_by: str, error: str, done: Done | None = None) -> Asked:
    silent = broken_by in {"drop_request", "lose_answer"}
    effect = done is not None and bool(done.changes or done.owed)
    return Asked(
        0, asked.at, asked.end, asked.method, asked.body, done=effect, status=0 if silent else response.status_code,
        error=error, broken=broken_by, message="" if done is None else done.message,
    )  # fmt: skip
