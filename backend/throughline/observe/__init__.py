"""What can be seen of a running gateway: logs, metrics, kept tasks and crash points. Never a message's text."""

from throughline.observe.crash import arm_crash, crash_point
from throughline.observe.logs import configure_logs, failure, logger
from throughline.observe.metrics import (
    REGISTRY,
    breaker,
    build,
    committed,
    connections,
    delivered,
    failed_over,
    first_token,
    http,
    lag,
    late_duplicate,
    lost,
    message,
    missed,
    rate_limited,
    sought,
    tokens,
    turn,
)
from throughline.observe.tasks import spawn, watch_loop

__all__ = [
    "REGISTRY",
    "arm_crash",
    "breaker",
    "build",
    "committed",
    "configure_logs",
    "connections",
    "crash_point",
    "delivered",
    "failed_over",
    "failure",
    "first_token",
    "http",
    "lag",
    "late_duplicate",
    "logger",
    "lost",
    "message",
    "missed",
    "rate_limited",
    "sought",
    "spawn",
    "tokens",
    "turn",
    "watch_loop",
]
