"""Anything at all to everything that reads what strangers write: `just fuzz`.

One file for each `wire.read` (Gmail: `wire.message`), named as its channel's folder. Each has `SEEDS` (recorded bodies
to begin with) and `one(data)`, which raises where the one promise is broken: whatever comes, it is answered.
"""
