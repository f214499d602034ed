"""The page on which the mailbox's owner agrees: one button, light and dark, no script, only for this machine."""

from html import escape

_STYLE = """
:root { color-scheme: light dark; --back: #f0f4f9; --card: #fff; --ink: #1f1f1f; --soft: #5f6368; --line: #dadce0;
  --act: #0b57d0; --on: #fff }
@media (prefers-color-scheme: dark) { :root { --back: #1e1f20; --card: #0e0e0e; --ink: #e3e3e3; --soft: #a8abb0;
  --line: #444746; --act: #a8c7fa; --on: #062e6f } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--back); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; padding: 16px }
main { background: var(--card); border-radius: 28px; padding: 36px; width: min(480px, 100%) }
h1 { font-size: 1.6rem; font-weight: 500; line-height: 1.25; margin: 0 0 8px; overflow-wrap: anywhere }
p { color: var(--soft); margin: 0 0 20px; overflow-wrap: anywhere }
ul { margin: 0 0 28px; padding: 12px 16px 12px 32px; border: 1px solid var(--line); border-radius: 16px }
form { display: flex; gap: 20px; align-items: center; justify-content: flex-end }
a { color: var(--act) }
button { font: inherit; font-weight: 500; border: 0; border-radius: 20px; padding: 10px 24px; background: var(--act);
  color: var(--on); cursor: pointer }
a:focus-visible, button:focus-visible { outline: 3px solid var(--act); outline-offset: 3px }
"""
_WORDS = {
    "https://mail.google.com/": "Read, compose, send, and permanently delete all your email from Gmail",
    "https://www.googleapis.com/auth/gmail.modify": "Read, compose, and send emails from your Gmail account",
    "https://www.googleapis.com/auth/gmail.readonly": "View your email messages and settings",
    "https://www.googleapis.com/auth/gmail.send": "Send email on your behalf",
    "https://www.googleapis.com/auth/gmail.compose": "Manage drafts and send emails",
    "https://www.googleapis.com/auth/gmail.metadata": "View your email message metadata such as labels and headers",
    "https://www.googleapis.com/auth/gmail.labels": "See and edit your email labels",
}


def page(mailbox: str, asked: dict[str, str], cancel: str) -> str:
    """The page itself. `asked` comes back with the button; `cancel` is where saying no leads."""
    scopes = "".join(f"<li>{escape(_WORDS.get(name, name))}</li>" for name in asked.get("scope", "").split()[:20])
    fields = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in asked.items()
    )
    return _whole(
        "Sign in – simulated Google",
        f"<h1>Throughline wants access to your mailbox</h1><p>{escape(mailbox)} · simulated Google, on this machine"
        f'</p><ul>{scopes}</ul><form method="post">{fields}<a href="{escape(cancel)}">Cancel</a>'
        '<button type="submit" autofocus>Allow</button></form>',
    )


def refusal(code: str, words: str) -> str:
    """The page that says why there is no other."""
    title = "Access blocked – simulated Google"
    return _whole(title, f"<h1>Access blocked</h1><p>Error 400: {escape(code)}</p><p>{escape(words)}</p>")


def _whole(title: str, inside: str) -> str:
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><main>{inside}</main></body></html>"
    )
