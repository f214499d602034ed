"""A stand-in for Slack: its Web API, its signed events, its Socket Mode, its limits, and a pane for people.

It shares no code with the product and is spoken to by the real `slack_sdk`. What it knows is in a journal, the ground
truth of what was really received and done. Everything that can go wrong is a switch.
"""
