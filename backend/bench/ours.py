"""Our side of the fan-out: the product's own sockets, and a publisher that goes past the log like the peers'."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

from bench.gateway import SOCKETS_EACH, serving
from bench.process import Failed, Server
from bench.sameness import Crowd


@contextmanager
def serving_readers(count: int) -> Iterator[tuple[Server, Crowd, Callable[[int], None]]]:
    """The server, `count` signed-in members' sockets that watch one conversation, and who publishes event n there."""
    with serving(customers=1, operators=-(-count // SOCKETS_EACH), command=("bench.direct",)) as gateway:
        # A short id leaves room in an event of 200 bytes.
        conversation = "fan-out"
        gateway.call("POST", "/api/v1/conversations", {"id": conversation}, gateway.customers[0])
        crowd, side = Crowd(), Crowd()
        try:
            for n in range(count):
                reader = crowd.join(gateway.port, "/api/v1/socket", "throughline.v1")
                reader.send(msgspec.json.encode({"t": "hello", "token": gateway.operators[n // SOCKETS_EACH]}))
                reader.send(msgspec.json.encode({"t": "watch", "c": conversation}))
            crowd.wait(5, done=lambda: all(any(b'"watching"' in f for f in r.greeted) for r in crowd.readers))
            publisher = side.join(gateway.port, f"/publish/{conversation}")
            crowd.wait(1)
            if any(reader.fault for reader in crowd.readers):
                raise Failed(f"a reader was sent away: {next(r.fault for r in crowd.readers if r.fault)}")

            def publish(number: int) -> None:
                publisher.send(b"#%07d#" % number)
                side.take(0)

            yield gateway.server, crowd, publish
        finally:
            side.close()
            crowd.close()
