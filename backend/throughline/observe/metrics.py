"""Metrics: one tiny function per thing worth counting, all in one registry, all prefixed `throughline_`.

Base units, `_total` and `_seconds`. A tenant is never a label: there may be thousands. Values that come from outside
(paths, methods, models' names) are labels only where their number is bounded by our own code or configuration.
"""

from functools import lru_cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)
GCCollector(registry=REGISTRY)

_QUICK = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_SLOW = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)


def _counter(name: str, what: str, *labels: str) -> Counter:
    return Counter(f"throughline_{name}", what, labels, registry=REGISTRY)


def _histogram(name: str, what: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
    return Histogram(f"throughline_{name}", what, labels, buckets=buckets, registry=REGISTRY)


def _gauge(name: str, what: str, *labels: str) -> Gauge:
    return Gauge(f"throughline_{name}", what, labels, registry=REGISTRY)


_messages = _counter("messages_total", "Messages in and out, by how it ended.", "channel", "direction", "outcome")
_limited = _counter("rate_limited_total", "Refusals because something happened too often.", "scope")
_failovers = _counter("failovers_total", "Messages passed on to another channel.", "origin", "to", "reason")
_late = _counter("late_duplicates_total", "Messages taken after all where they had been given up.", "channel")
_sought = _counter("sought_total", "Sends in doubt that their provider was asked about.", "channel", "outcome")
_missed = _counter("missed_total", "Messages heard by asking for what came while nobody listened.", "channel")
_lost = _counter("messages_lost_total", "Messages that got through nowhere, or are held.", "channel", "reason")
_tokens = _counter("llm_tokens_total", "Tokens as the provider counted them.", "model", "type")
_http = _histogram("http_request_seconds", "HTTP requests by route.", _QUICK, "route", "method", "status")
_first = _histogram("first_token_seconds", "From a message's commit to the first token of its answer.", _SLOW)
_turn = _histogram("turn_seconds", "An agent's runs, from claim to end.", _SLOW, "outcome")
_delivery = _histogram("delivery_seconds", "From a message's commit to its delivery.", _SLOW, "channel")
_group = _histogram("store_group_size", "Transactions in one commit.", (1, 2, 4, 8, 16, 32, 64, 128, 256))
_commit = _histogram("store_commit_seconds", "One commit, sync included.", _QUICK)
_lag = _histogram("event_loop_lag_seconds", "How late the event loop comes to a timer.", _QUICK)
_sockets = _gauge("ws_connections", "Open sockets.")
_breakers = _gauge("breakers", "Accounts whose sends are paused (open) or tried again (half_open).", "channel", "state")
_build = _gauge("build_info", "Always 1; the version is the label.", "version")


def message(channel: str, direction: str, outcome: str) -> None:
    """A message came in or went out; `outcome` is `ok` or a fault's code."""
    _of_message(channel, direction, outcome).inc()


@lru_cache(maxsize=1_024)
def _of_message(channel: str, direction: str, outcome: str) -> Counter:
    return _messages.labels(channel, direction, outcome)


def rate_limited(scope: str) -> None:
    """Something was refused by a limit: `messages`, `requests`, `login`."""
    _limited.labels(scope).inc()


def failed_over(origin: str, to: str, reason: str) -> None:
    """A message went another way than the first one; `reason` is a code."""
    _failovers.labels(origin, to, reason).inc()


def sought(channel: str, outcome: str) -> None:
    """A provider was asked about a send in doubt: `there`, `refused`, `not_there`, `unknown`, `no_turn`."""
    _sought.labels(channel, outcome).inc()


def missed(channel: str, messages: int) -> None:
    """What a provider had of messages that nobody heard when they came."""
    _missed.labels(channel).inc(messages)


def lost(channel: str, kind: str) -> None:
    """A message got through nowhere, or waits for a member; `kind` is one of a few classes of reasons."""
    _lost.labels(channel, kind).inc()


def late_duplicate(channel: str) -> None:
    """A channel took a message after all, which had gone on by another one: the person may have it twice."""
    _late.labels(channel).inc()


def tokens(model: str, prompt: int, completion: int) -> None:
    """What one turn took from its model."""
    _tokens.labels(model, "prompt").inc(prompt)
    _tokens.labels(model, "completion").inc(completion)


_bound: dict[tuple[str, str, int], Histogram] = {}


def http(route: str, method: str, status: int, seconds: float) -> None:
    """A request was answered. `route` is the template, never the path that was asked for."""
    key = (route, method, status)
    child = _bound.get(key)
    if child is None:
        child = _bound[key] = _http.labels(route, method, str(status))
    child.observe(seconds)


def first_token(seconds: float) -> None:
    """An answer began to show."""
    _first.observe(seconds)


def turn(outcome: str, seconds: float) -> None:
    """An agent's run is over."""
    _turn.labels(outcome).observe(seconds)


def delivered(channel: str, seconds: float) -> None:
    """A message arrived."""
    _delivery.labels(channel).observe(seconds)


def committed(transactions: int, seconds: float) -> None:
    """One group of transactions became durable."""
    _group.observe(transactions)
    _commit.observe(seconds)


def lag(seconds: float) -> None:
    """The event loop was this late."""
    _lag.observe(seconds)


def connections(change: int) -> None:
    """A socket opened (1) or closed (-1)."""
    _sockets.inc(change)


def breaker(channel: str, before: str, after: str) -> None:
    """An account's breaker went from one state to another."""
    if before != "closed":
        _breakers.labels(channel, before).dec()
    if after != "closed":
        _breakers.labels(channel, after).inc()


def build(version: str) -> None:
    """Which build this is."""
    _build.labels(version).set(1)
