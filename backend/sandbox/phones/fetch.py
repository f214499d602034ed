"""Media by link: the provider fetches what a message of ours points at, before the message goes out."""

import asyncio
import hashlib
import secrets
from collections.abc import Sequence

import httpx2
from msgspec.structs import replace

from sandbox.phones.facts import Change, File, Filed, Message, Posted
from sandbox.phones.ledger import Ledger
from sandbox.phones.provider import Provider

#: Bytes of a file, seconds for all of it.
_MOST, _PATIENCE = 100_000_000, 30.0
#: A stand-in looks at nothing but this machine.
_HERE = frozenset({"127.0.0.1", "localhost", "::1"})


class Fetch:
    """Watches for messages with links and brings what they point at."""

    def __init__(self, ledger: Ledger, provider: Provider) -> None:
        self._ledger, self._provider = ledger, provider
        self._http = httpx2.AsyncClient(verify=False, trust_env=False, timeout=_PATIENCE)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        ledger.watchers.append(self._watch)

    def begin(self) -> None:
        """Go on with what was not fetched when the last run ended."""
        self._watch([Posted(m) for m in self._ledger.state.messages.values() if m.links])

    async def close(self) -> None:
        """Let go; what has links still is fetched in the next run."""
        tasks = [*self._tasks.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._http.aclose()

    def _watch(self, changes: Sequence[Change]) -> None:
        for change in changes:
            if isinstance(change, Posted) and change.message.links and change.message.id not in self._tasks:
                name = change.message.id
                task = asyncio.get_running_loop().create_task(self._bring(change.message), name=name)
                self._tasks[name] = task
                task.add_done_callback(self._over)

    def _over(self, task: asyncio.Task[None]) -> None:
        self._tasks.pop(task.get_name(), None)

    async def _bring(self, message: Message) -> None:
        end = self._ledger.state.ends[message.end]
        files: list[Change] = []
        names: list[str] = []
        for link in message.links:
            found = await self._one(rerouted(link, end.more))
            if found is None:
                done = self._provider.lost(self._ledger.state, replace(message, links=()), self._ledger.clock)
                await self._ledger.commit(done.changes, done.owed)
                return
            data, media_type = found
            file = filed(message.end, data, media_type, link.partition("?")[0].rsplit("/", 1)[-1], self._ledger)
            await self._ledger.shelf.put(file.id, data)
            files.append(Filed(file))
            names.append(file.id)
        whole = replace(message, links=(), media=(*message.media, *names))
        await self._ledger.commit(files)
        done = self._provider.arrived(self._ledger.state, whole, self._ledger.clock)
        await self._ledger.commit(done.changes, done.owed)

    async def _one(self, link: str) -> tuple[bytes, str] | None:
        try:
            if httpx2.URL(link).host not in _HERE:
                return None
            async with asyncio.timeout(_PATIENCE), self._http.stream("GET", link) as response:
                parts, size = [], 0
                async for part in response.aiter_bytes():
                    parts.append(part)
                    size += len(part)
                    if size > _MOST:
                        return None
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError):
            return None
        media_type = response.headers.get("content-type", "").partition(";")[0].strip()
        return (b"".join(parts), media_type) if response.status_code == 200 else None


def rerouted(url: str, more: dict[str, object]) -> str:
    """An address behind the webhook's public origin, on this machine where the end says where that is."""
    public, here = str(more.get("webhook_url") or ""), str(more.get("deliver_url") or "")
    if not public or not here:
        return url
    if url.partition("#")[0] == public.partition("#")[0]:
        return here
    origin = _origin(public)
    return _origin(here) + url[len(origin) :] if url.startswith(f"{origin}/") else url


def filed(end: str, data: bytes, media_type: str, name: str, ledger: Ledger) -> File:
    """A file's facts, under a new id."""
    number = f"{int.from_bytes(secrets.token_bytes(6)) + 10**15}"
    digest = hashlib.sha256(data).hexdigest()
    return File(number, end, media_type, name, len(data), digest, ledger.clock.now())


def _origin(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0].partition('?')[0].partition('#')[0]}"
