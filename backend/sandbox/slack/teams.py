"""Whose pane it is: who stands before us names the teams it may see in `x-lab-ends`; without the header it is all."""

from typing import Any

from starlette.requests import Request

from sandbox.slack.workspace import Workspace

#: The teams a pane is shown; None: all of them.
Teams = frozenset[str] | None


def of(request: Request) -> Teams:
    """The teams of a request."""
    named = request.headers.get("x-lab-ends")
    return None if named is None else frozenset(name for name in named.split(",") if name)


def narrowed(whole: dict[str, Any], teams: Teams) -> dict[str, Any]:
    """A pane's whole picture, without what other teams have."""
    if teams is None:
        return whole
    apps = {app["id"] for app in whole["apps"] if app["team"]["id"] in teams}
    channels = {channel["id"] for channel in whole["channels"] if channel["team"] in teams}
    return {
        "apps": [app for app in whole["apps"] if app["id"] in apps],
        "people": [person for person in whole["people"] if person["team"] in teams],
        "channels": [channel for channel in whole["channels"] if channel["id"] in channels],
        "messages": [message for message in whole["messages"] if message["channel"] in channels],
        "statuses": [status for status in whole["statuses"] if status["channel"] in channels],
        "switches": [one for one in whole["switches"] if one["app"] in {"*", *apps}],
        "deliveries": [one for one in whole["deliveries"] if one["app"] in apps],
    }


def sees(state: Workspace, teams: Teams, *, user: str | None = None, channel: str | None = None) -> bool:
    """Whether a person or a channel is of these teams. What is not there is nobody's."""
    if teams is None:
        return True
    person = state.people.get(user) if user is not None else None
    place = state.channels.get(channel) if channel is not None else None
    of_user = user is None or (person is not None and person.team in teams)
    return of_user and (channel is None or (place is not None and place.team in teams))
