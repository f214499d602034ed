"""The page for who came back from a provider and is not connected: what happened, what to do, one way on."""

from collections.abc import Mapping
from html import escape
from urllib.parse import quote

from throughline.api.answer import NO_STORE, Answer
from throughline.api.pages import new_nonce, safe_page
from throughline.api.trial import WORDS

#: A code, the status it is answered with, what happened, what to do.
_PAGES: Mapping[str, tuple[int, str, str]] = {
    "stale": (
        400, "This way back is not open any more.",
        "It works once, for ten minutes, in the browser in which Connect was pressed, and at the address that this "
        "server calls its own. Go back to the channels and press Connect again.",
    ),
    "denied": (
        403, "You did not agree, so nothing is connected.",
        "Nothing was changed. To connect, press Connect again and agree to everything on the provider’s page.",
    ),
    "refused": (
        502, "The provider sent you back without what is needed.",
        "Check the client’s ID and secret, and that the redirect address at the provider is the one shown here.",
    ),
    "busy": (503, "The server cannot keep anything at the moment.", "Wait a little, then press Connect again."),
    "shut": (409, WORDS["secrets_unreadable"], "Save the client’s secret again, then press Connect."),
    "invalid_grant": (
        502, "The provider did not take the code.", "It is good for a moment only. Press Connect again."
    ),
    "invalid_client": (
        502, "The provider does not know this client, or its secret.",
        "Copy the client’s ID and secret again: both belong to one client. Then press Connect.",
    ),
    "redirect_uri_mismatch": (
        502, "The redirect address at the provider is another one.",
        "Enter there, letter by letter, the redirect address that the channels’ page shows.",
    ),
    "missing_scope": (
        403, "You agreed to a part only.", "Press Connect again, and leave every box on the provider’s page ticked."
    ),
    "no_refresh_token": (
        502, "The provider gave no lasting permission.",
        "Take this app away at myaccount.google.com/permissions, then press Connect again.",
    ),
    "other_mailbox": (
        409, "You signed in as another mailbox.",
        "Sign in as the mailbox that the account names, or empty its option “mailbox” and press Connect again.",
    ),
    "accessNotConfigured": (
        502, "The provider’s API is switched off in your project.", "Switch on the Gmail API there, then connect again."
    ),
    "timeout": (504, WORDS["timeout"], "Press Connect again in a moment."),
    "unreachable": (502, WORDS["unreachable"], "Check that this machine may reach the provider, then connect again."),
}  # fmt: skip
_OTHER = (502, "The provider did not connect the account.", "Press Connect again. If it stays, test the account.")
_STYLE = """
:root{color-scheme:light dark;--back:light-dark(#faf9f7,#181715);--card:light-dark(#fff,#211f1c);
--ink:light-dark(#23211e,#ece8e1);--soft:light-dark(#5c5750,#b5aea4);--act:light-dark(#0f6b66,#8fd3c2);
--on:light-dark(#fff,#0d2421)}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1rem;background:var(--back);color:var(--ink);
font:16px/1.5 system-ui,sans-serif}
main{background:var(--card);border-radius:1rem;padding:2rem;width:min(32rem,100%)}
h1{font-size:1.25rem;line-height:1.3;margin:0 0 .5rem}
p{color:var(--soft);margin:0 0 1.5rem}
small{display:block;margin-top:1.5rem;color:var(--soft);overflow-wrap:anywhere}
a{display:inline-flex;min-height:44px;align-items:center;padding:0 1rem;border-radius:.6rem;background:var(--act);
color:var(--on);text-decoration:none;font-weight:500}
a:focus-visible{outline:3px solid var(--act);outline-offset:3px}
"""


def page(why: str, request_id: str, account: str = "") -> Answer:
    """In words; a code that has none gets the plainest. Nothing of the request is in it."""
    status, what, hint = _PAGES.get(why, _OTHER)
    nonce = new_nonce()
    to = f"/admin/channels?account={quote(account, safe='')}" if account else "/admin/channels"
    body = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Not connected · Throughline</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,">'
        f'<style nonce="{nonce}">{_STYLE}</style></head><body><main><h1>{escape(what)}</h1><p>{escape(hint)}</p>'
        f'<a href="{escape(to)}">Back to the channels</a><small>Request {escape(request_id)}</small></main>'
        "</body></html>"
    )
    kind = (b"content-type", b"text/html; charset=utf-8")
    return Answer(status, body.encode(), (kind, NO_STORE, *safe_page(nonce)))
