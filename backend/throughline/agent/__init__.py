"""Turns a conversation into the next words."""
