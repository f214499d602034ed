"""What auth.test tells about a token. Pure."""

from collections.abc import Mapping

from throughline.channels.slack.answers import Answer, Failed
from throughline.channels.slack.capabilities import SCOPES
from throughline.conversation.channel import Health, NotSent, Probe, Refused

#: What auth.test calls it, and what the account does.
_TOLD = {"team": "team_id", "team_name": "team", "bot_user": "user_id", "bot_id": "bot_id", "app": "app_id"}
_LONGEST = 200


def probed(answer: Answer | Failed, options: Mapping[str, str]) -> Probe:
    """Up; degraded where a scope is missing; to be signed in anew where the token is no good."""
    if not isinstance(answer, Answer):
        if isinstance(answer, Refused) and answer.auth:
            return Probe("needs_reauth", answer.reason)
        limited = isinstance(answer, NotSent) and answer.reason == "ratelimited"
        return Probe("degraded" if limited else "down", answer.reason)
    told = {name: answer.text(field)[:_LONGEST] for name, field in _TOLD.items()}
    found = {name: value for name, value in told.items() if value}
    if not found.get("bot_id"):
        return Probe("needs_reauth", "not_a_bot", found)
    if options.get("team") and found.get("team") != options["team"]:
        return Probe("needs_reauth", "other_team", found)
    # Slack names the token's scopes with every answer; an answer without them says nothing.
    given = {scope.strip() for scope in answer.headers.get("x-oauth-scopes", "").split(",")} - {""}
    missing = [scope for scope in SCOPES if scope not in given] if given else []
    if missing:
        return Probe("degraded", f"missing_scope:{missing[0]}", found)
    return Probe("up", options=found)


def with_socket(probe: Probe, opened: Answer | Failed) -> Probe:
    """The same, where the app-level token has to work too."""
    if isinstance(opened, Answer):
        return probe
    health: Health = "needs_reauth" if isinstance(opened, Refused) else "degraded"
    return Probe(health, f"app_token:{opened.reason}", probe.options)
