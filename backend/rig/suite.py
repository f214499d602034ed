"""A pytest plugin for the back end's tests and the stories: what begins early, and what coverage leaves alone.

Tests marked `long` come first, some to each process, so that none begins when the rest is done: pytest-xdist's
`worksteal` gives each process one stretch of the list to begin with; who is through takes over from the end of
another's stretch. Tests marked `untraced` run without coverage, which would only make them slow. pytest-cov's own
`no_cover` does nothing in a process of xdist's, where a second collector goes on.
"""

import os
import sys
from collections.abc import Generator, Sequence
from typing import TypeVar

import pytest

T = TypeVar("T")


def pytest_configure(config: pytest.Config) -> None:
    """Name the marks."""
    config.addinivalue_line("markers", "long: it takes long, so it is begun early")
    config.addinivalue_line("markers", "untraced: what its own thread does is left out of coverage")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Take the tracer off for a test that is marked so."""
    tracer = sys.gettrace()
    if tracer is None or item.get_closest_marker("untraced") is None:
        return (yield)
    sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(tracer)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order them; every process comes to the same order."""
    long = [item for item in items if item.get_closest_marker("long")]
    rest = [item for item in items if not item.get_closest_marker("long")]
    items[:] = dealt(long, rest, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


def dealt(long: Sequence[T], rest: Sequence[T], processes: int) -> list[T]:
    """Both, with `long` dealt out to the heads of the stretches that the processes begin with."""
    found: list[T] = []
    left = list(rest)
    for n in range(processes):
        size = (len(long) + len(rest) - len(found)) // (processes - n)
        head = long[n::processes]
        room = max(0, size - len(head))
        found += [*head, *left[:room]]
        del left[:room]
    return found + left
