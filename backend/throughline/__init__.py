"""Throughline: one conversation, every channel, live.

A conversation is an append-only log; everything else is a cursor on it. The rooms, in the order a message walks them:

- `api`           the door: HTTP and WebSocket in, JSON out
- `channels`      one folder per way to reach a person: read, render, send
- `flow`          the life of a message in four verbs: receive, reply, deliver (`flow/courier/`), watch;
                  what one transaction does is in `flow/steps/`
- `agent`         turns a conversation into the next words
- `store`         what is remembered: the log, and what hangs on it
- `live`          who is listening now: fan-out, open messages, limits
- `identity`      who is calling, and what they may do
- `conversation`  the rules of one conversation, pure
- `markup`        Markdown as each channel's people read it, pure
- `command`       what an operator types
- `observe`       what can be seen of a running gateway: logs, metrics, kept tasks

`app.py` is the only place that picks engines and joins parts, with `reach.py` for channels and accounts and `carry.py`
for the verbs that carry messages; `ports/` is every seam, a page a noun.
Read first: docs/life-of-a-message.md, then `flow/receive.py`, `flow/reply.py`, `flow/watch.py`.
"""

__version__ = "0.1.0"
