"""What our end of a channel at a stand-in is. Read by the benchmark's interpreter too, which has no product."""

from collections.abc import Mapping

from msgspec import Struct


class End(Struct, frozen=True):
    """One of ours. Its secrets are fixed: they open nothing but the stand-in of one run."""

    #: Its id with us.
    account: str
    channel: str
    provider: str
    options: Mapping[str, str]
    secrets: Mapping[str, str]
    #: The people's addresses there, with a place for their number.
    address: str

    def of(self, n: int) -> str:
        """The nth person's address."""
        return self.address.format(n)

    @property
    def webhook(self) -> str:
        """Where its provider calls."""
        return f"/api/v1/channels/{self.channel}/webhook/{self.account}"
