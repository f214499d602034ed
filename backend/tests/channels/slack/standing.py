"""Our account at the stand-in."""

import msgspec

from tests.sandbox.slack_stage import APP_TOKEN, BOT, BOT_ID, SECRET, TEAM, TOKEN, Stage

from .given import OpenLine, line

SECRETS = {"bot_token": TOKEN, "signing_secret": SECRET, "app_token": APP_TOKEN}


def at(other: Stage) -> OpenLine:
    """Its line."""
    given = line(f"{other.base}/slack/api/", team=TEAM, bot_user=BOT, bot_id=BOT_ID)
    return msgspec.structs.replace(given, secrets=SECRETS)
