"""What a web master pastes: the script element, and the words for a content security policy."""

from __future__ import annotations

from html import escape

from storage.sites_records import Site


def snippet(site: Site, base_url: str) -> str:
    """One line of HTML for every page of the site."""
    look = site.look
    # The button is drawn before the site is asked for.
    given = {
        "site": site.id,
        "accent": look.accent,
        "theme": None if look.theme == "auto" else look.theme,
        "position": None if look.position == "right" else look.position,
    }
    data = " ".join(f'data-{name}="{escape(value)}"' for name, value in given.items() if value)
    return f'<script src="{escape(base_url)}/widget.js" {data} async></script>'


def policy_words(base_url: str) -> str:
    """What a page's Content-Security-Policy has to allow, if it has one; no inline style or script."""
    return f"script-src {base_url}; connect-src {base_url}"
