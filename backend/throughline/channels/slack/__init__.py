"""Slack: direct messages with an app, mentions in channels, and answers that appear while they are written."""
