"""What stand-ins of phone-like channels have alike: people, messages as they see them, webhooks out, the pane's side.

A provider's own folder says what its API answers and what its webhooks look like; see provider.py.
"""
