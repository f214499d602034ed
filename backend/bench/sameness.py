"""Readers that check every delivery and still cost little: all of them must get the same bytes.

Parsing each frame in Python would make the generator, not the server, the bottleneck. So the first reader to get
further than the others makes the reference, frame by frame; everyone else's bytes are compared with it as they
come, a whole read at once. Count, order and content of every delivery are thereby checked, to the byte. A ping in
between is taken out and answered.

A socket is read as soon as it has something, as a browser would do, for a delivery that waits unread is cheaper for
its sender than one that is taken and acknowledged at once. A generator that has no time left reads in batches: its
own share of its core stands beside every number.
"""

import base64
import contextlib
import select
import socket
import time
from array import array
from collections.abc import Callable

PONG, PING, CLOSE = 0x8A, 0x9, 0x8
_KEY = base64.b64encode(b"0123456789abcdef").decode()


class Reference:
    """The one stream of frames that every reader must see, as far as anyone has got."""

    def __init__(self) -> None:
        self.stream = bytearray()
        #: Bytes of one frame, header and payload; all frames of a run are equally long.
        self.size = 0
        self.header = b""

    def extends(self, at: int, fresh: bytes) -> bool:
        """Take bytes over that nobody has seen yet, if they are data frames of the one size."""
        if not self.size:
            if len(fresh) < 4 or fresh[0] != 0x81 or fresh[1] != 126:
                return False
            self.header = bytes(fresh[:4])
            self.size = 4 + int.from_bytes(fresh[2:4], "big")
        first = -at % self.size
        for place in range(first, len(fresh), self.size):
            head = fresh[place : place + 4]
            if head != self.header[: len(head)]:
                return False
        if first and at % self.size < 4 and not self._header_goes_on(at, fresh):
            return False
        self.stream += fresh
        return True

    def payloads(self) -> list[bytes]:
        """Every whole frame's payload, in order."""
        if not self.size:
            return []
        return [bytes(self.stream[i + 4 : i + self.size]) for i in range(0, len(self.stream), self.size)]

    def _header_goes_on(self, at: int, fresh: bytes) -> bool:
        rest = self.header[at % self.size :]
        return fresh[: len(rest)] == rest[: len(fresh)]


class Reader:
    """One WebSocket that reads. What comes before `arm` is parsed and kept in `greeted`."""

    def __init__(self, connected: socket.socket) -> None:
        self.socket = connected
        self.position = 0
        self.fault = ""
        self.greeted: list[bytes] = []
        self.times: array[float] | None = None
        self.places: array[int] = array("q")
        self._carry = b""
        self._reference: Reference | None = None

    def arm(self, reference: Reference, *, timed: bool) -> None:
        """From now on every frame belongs to the run; `timed` readers note when each read came."""
        self._reference = reference
        self.position = 0
        self.times = array("d") if timed else None
        self.places = array("q")
        self.greeted.clear()

    def disarm(self) -> None:
        """Parse and keep frames again."""
        self._reference = None

    def send(self, payload: bytes) -> None:
        """One masked text frame."""
        self.socket.sendall(masked(payload))

    def take(self, chunk: memoryview) -> None:
        """What one read brought."""
        reference = self._reference
        if reference is None or self._carry:
            self._slowly(bytes(chunk))
            return
        position = self.position
        end = position + len(chunk)
        stream = reference.stream
        if end <= len(stream):
            if chunk != stream[position:end]:
                self._slowly(bytes(chunk))
                return
        else:
            known = len(stream) - position
            if chunk[:known] != stream[position:] or not reference.extends(position + known, bytes(chunk[known:])):
                self._slowly(bytes(chunk))
                return
        self._reached(end)

    def _reached(self, end: int) -> None:
        self.position = end
        if self.times is not None:
            self.times.append(time.perf_counter())
            self.places.append(end)

    def _slowly(self, chunk: bytes) -> None:
        """Frame by frame: what comes before the run, and pings within it."""
        data = self._carry + chunk
        reference = self._reference
        if reference is not None and not self._carry and reference.size:
            begun = self.position % reference.size
            self.position -= begun
            data = bytes(reference.stream[self.position : self.position + begun]) + data
        while len(data) >= 2:
            length, start = data[1] & 0x7F, 2
            if length == 126:
                length, start = int.from_bytes(data[2:4], "big"), 4
            if len(data) < start or len(data) < start + length:
                break
            self._frame(data[0] & 0x0F, data[: start + length], data[start : start + length])
            data = data[start + length :]
        self._carry = data

    def _frame(self, opcode: int, whole: bytes, payload: bytes) -> None:
        if opcode == PING:
            self.socket.sendall(bytes((PONG, 0x80 | len(payload))) + bytes(4) + payload)
        elif opcode == CLOSE:
            self.fault = f"close {int.from_bytes(payload[:2], 'big')}"
        elif self._reference is None:
            self.greeted.append(payload)
        else:
            self._compare(self._reference, whole)

    def _compare(self, reference: Reference, whole: bytes) -> None:
        end = self.position + len(whole)
        known = reference.stream[self.position : end]
        fresh = whole[len(known) :]
        if whole[: len(known)] != known or (fresh and not reference.extends(self.position + len(known), fresh)):
            self.fault = self.fault or "other bytes than the other readers got"
            return
        self._reached(end)


class Crowd:
    """Many readers on one epoll, and the sweep over those that have something."""

    def __init__(self) -> None:
        self.readers: list[Reader] = []
        self._epoll = select.epoll()
        self._by_fd: dict[int, Reader] = {}
        self._buffer = bytearray(1 << 18)
        self._view = memoryview(self._buffer)

    def join(self, port: int, path: str, subprotocol: str = "") -> Reader:
        """One more reader, upgraded. Raises ConnectionError with the answer if it was refused."""
        reader = Reader(_upgraded(port, path, subprotocol, len(self.readers)))
        self.readers.append(reader)
        self._by_fd[reader.socket.fileno()] = reader
        self._epoll.register(reader.socket.fileno(), select.EPOLLIN)
        return reader

    def take(self, until: float, between: Callable[[], None] | None = None) -> None:
        """Read what has come; if nothing has, wait for it until that time (perf_counter) at most.

        `between` is called every few reads, for what cannot wait for the end.
        """
        buffer, view = self._buffer, self._view
        left = until - time.perf_counter()
        # epoll counts whole milliseconds and rounds up: the last one is slept.
        ready = self._epoll.poll(max(0, int(left * 1000)) / 1000, len(self._by_fd) + 1)
        if not ready and 0 < left < 0.001:
            time.sleep(left)
        for n, (fd, _) in enumerate(ready):
            if between is not None and n % 16 == 0:
                between()
            reader = self._by_fd[fd]
            try:
                count = reader.socket.recv_into(buffer)
            except (BlockingIOError, InterruptedError):
                continue
            except ConnectionError as error:
                count, reader.fault = 0, str(error)
            if count:
                reader.take(view[:count])
            else:
                reader.fault = reader.fault or "closed"
                self._epoll.unregister(fd)

    def wait(self, seconds: float, done: Callable[[], bool] | None = None) -> None:
        """Read for so long: pings are answered meanwhile. Ends early when `done`."""
        deadline = time.perf_counter() + seconds
        while (now := time.perf_counter()) < deadline:
            self.take(min(deadline, now + 0.005))
            if done is not None and done():
                return

    def close(self) -> None:
        """Drop everyone."""
        self._epoll.close()
        for reader in self.readers:
            with contextlib.suppress(OSError):
                reader.socket.close()


def masked(payload: bytes) -> bytes:
    """A client's text frame under the mask key zero, which leaves the payload as it is."""
    if len(payload) < 126:
        return bytes((0x81, 0x80 | len(payload))) + bytes(4) + payload
    return b"\x81\xfe" + len(payload).to_bytes(2, "big") + bytes(4) + payload


def source(n: int) -> str:
    """A loopback address to come from, so that many sockets do not run out of ports."""
    return f"127.0.0.{2 + n // 2000 % 250}"


def _upgraded(port: int, path: str, subprotocol: str, n: int) -> socket.socket:
    connected = socket.create_connection(("127.0.0.1", port), timeout=30, source_address=(source(n), 0))
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    protocol = f"Sec-WebSocket-Protocol: {subprotocol}\r\n" if subprotocol else ""
    connected.sendall(
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {_KEY}\r\n{protocol}\r\n".encode()
    )
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = connected.recv(1)
        head += byte
        if not byte:
            break
    if not head.startswith(b"HTTP/1.1 101"):
        raise ConnectionError(head.decode(errors="replace")[:300])
    connected.setblocking(False)
    return connected
