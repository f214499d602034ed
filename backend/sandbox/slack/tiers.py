"""Rate tiers: how often an app may call a method in a workspace, and post to a channel.

Slack publishes what it promises ("20+ a minute, with bursts"). This holds an app to just that: a minute's worth may
come at once, then as fast as the tier goes. Counters are in memory only, as a restart of Slack's would find them.
"""

import math
from collections.abc import Sequence

from msgspec import Struct


class Tier(Struct, frozen=True):
    """So many calls a minute, and so many at once."""

    minute: float
    burst: float


T1, T2, T3, T4 = Tier(1, 1), Tier(20, 20), Tier(50, 50), Tier(100, 100)
#: Methods whose tier is "special" or that Slack says "hundreds a minute" of.
OFTEN = Tier(600, 600)
#: History and replies of an app that is sold outside the Marketplace.
ONCE = Tier(1, 1)
#: Opening sockets is tier 1, but an app may have ten of them.
SOCKETS = Tier(1, 10)
#: Posting: one a second to a channel with short bursts, and several hundred a minute to a workspace.
POST_CHANNEL, POST_WORKSPACE = Tier(60, 4), Tier(300, 60)

#: Buckets that are kept; the oldest half goes first.
_MAX_BUCKETS = 20_000


class Tiers:
    """Token buckets by any key. `scale` multiplies every tier, for measurements; 0 switches limits off."""

    def __init__(self) -> None:
        self.scale = 1.0
        self._buckets: dict[tuple[str, ...], tuple[float, float]] = {}

    def take(self, asked: Sequence[tuple[tuple[str, ...], Tier]], now: float) -> int | None:
        """Take one of each, or none: then the whole seconds to wait, at least 1."""
        if not self.scale:
            return None
        found = [(key, tier, self._level(key, tier, now)) for key, tier in asked]
        short = [(1 - level) * 60 / (tier.minute * self.scale) for _, tier, level in found if level < 1]
        if short:
            return max(1, math.ceil(max(short) - 1e-6))
        for key, _, level in found:
            self._buckets[key] = (level - 1, now)
        if len(self._buckets) > _MAX_BUCKETS:
            self._buckets = dict(list(self._buckets.items())[_MAX_BUCKETS // 2 :])
        return None

    def fill(self) -> None:
        """Forget everything that was taken."""
        self._buckets.clear()

    def _level(self, key: tuple[str, ...], tier: Tier, now: float) -> float:
        full = max(1.0, tier.burst * self.scale)
        level, at = self._buckets.get(key, (full, now))
        return min(full, level + max(0.0, now - at) * tier.minute * self.scale / 60 + 1e-9)
