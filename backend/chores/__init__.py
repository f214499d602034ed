"""Chores: what a fresh checkout needs before it runs, and what proves that it works. Standard library only.

`just up`, `just test`, `just check` and their small relatives call `python3 backend/chores VERB`. Nothing here is part
of the gateway, and nothing of the gateway is imported here: this is what runs before anything is installed.
"""
