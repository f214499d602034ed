"""Who is listening now: fan-out, open messages, limits."""
