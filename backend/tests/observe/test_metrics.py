"""Every number has its function, its unit in its name, and no label that grows without end."""

from collections.abc import Callable

import pytest
from prometheus_client.exposition import generate_latest

from throughline import observe


def value(name: str, **labels: str) -> float:
    return observe.REGISTRY.get_sample_value(name, labels) or 0.0


MOVED: list[tuple[str, dict[str, str], Callable[[], None]]] = [
    (
        "messages_total",
        {"channel": "web", "direction": "in", "outcome": "t"},
        lambda: observe.message("web", "in", "t"),
    ),
    ("rate_limited_total", {"scope": "t"}, lambda: observe.rate_limited("t")),
    ("failovers_total", {"origin": "a", "to": "b", "reason": "t"}, lambda: observe.failed_over("a", "b", "t")),
    ("llm_tokens_total", {"model": "m", "type": "prompt"}, lambda: observe.tokens("m", 1, 7)),
    ("first_token_seconds_count", {}, lambda: observe.first_token(0.2)),
    ("turn_seconds_count", {"outcome": "t"}, lambda: observe.turn("t", 1.0)),
    ("delivery_seconds_count", {"channel": "web"}, lambda: observe.delivered("web", 1.0)),
    ("store_group_size_count", {}, lambda: observe.committed(3, 0.001)),
    ("store_commit_seconds_count", {}, lambda: observe.committed(3, 0.001)),
    ("event_loop_lag_seconds_count", {}, lambda: observe.lag(0.001)),
    ("ws_connections", {}, lambda: observe.connections(1)),
    (
        "http_request_seconds_count",
        {"route": "/t", "method": "GET", "status": "200"},
        lambda: observe.http("/t", "GET", 200, 0.001),
    ),
]


@pytest.mark.parametrize(("name", "labels", "move"), MOVED, ids=[name for name, _, _ in MOVED])
def test_each_function_moves_its_number(name: str, labels: dict[str, str], move: Callable[[], None]) -> None:
    before = value(f"throughline_{name}", **labels)

    move()

    assert value(f"throughline_{name}", **labels) == before + 1


def test_no_metric_has_a_tenant_or_a_person_as_a_label() -> None:
    labels = {label for metric in observe.REGISTRY.collect() for sample in metric.samples for label in sample.labels}

    assert not labels & {"tenant", "user", "person", "conversation", "path", "email"}
    assert b"throughline_" in generate_latest(observe.REGISTRY)
