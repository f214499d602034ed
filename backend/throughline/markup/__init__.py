"""Markdown as each channel's people read it, from one parser. Pure: text in, text out."""
