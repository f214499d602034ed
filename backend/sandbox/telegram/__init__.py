"""Telegram's Bot API, as far as a bot of ours uses it, and the chat of the people it talks with.

Written from core.telegram.org/bots/api and the errors of the public Bot API server; it shares no code with the adapter.
"""
