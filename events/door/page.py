"""The page that stands at the door with no network: what it is made of, and which version it is."""

import json
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

from events.models import HINTS, ICONS, TONES, Outcome

# As the page names them.
NAMED = (
    "css/tokens.css", "css/base.css", "css/components.css", "css/door.css", "css/print.css",
    "fonts/pretendard/pretendard.css", "icon.svg", "icons.svg", "icon-192.png", "icon-512.png",
    "js/app.js", "js/door/main.js", "vendor/jsqr/jsQR.js",
)  # fmt: skip
# As one script names another: by its plain name.
IMPORTED = tuple(
    f"js/door/{name}.js"
    for name in [
        "camera",
        "company",
        "extras",
        "fitting",
        "giving",
        "judging",
        "pairing",
        "roster",
        "sale",
        "sending",
        "signals",
        "store",
        "words",
    ]
)


def _words(*, for_guests: bool = False) -> list[dict[str, Any]]:
    """What each outcome looks like; guests are sent to the desk, whatever is wrong."""
    desk = _("Please go to the information desk.")
    return [
        {
            "outcome": outcome,
            "tone": TONES.get(outcome, "danger"),
            "icon": ICONS[outcome],
            "hint": desk if for_guests and outcome in HINTS else HINTS.get(outcome, ""),
        }
        for outcome in Outcome
    ]


@lru_cache(maxsize=4)
def page(language: str) -> str:
    """The same for everybody who reads this language: nothing in it is anybody's."""
    return render_to_string("door/door.html", {"words": _words(), "is_demo": settings.IS_DEMO})


@lru_cache(maxsize=4)
def kiosk(language: str) -> str:
    """Needs a network, as there is no list of names on it."""
    context = {"words": _words(for_guests=True), "is_demo": settings.IS_DEMO}
    return render_to_string("door/kiosk.html", context)


@lru_cache(maxsize=4)
def worker(language: str) -> str:
    """Another text whenever anything that it keeps has changed: browsers then fetch it all anew."""
    shell = [
        reverse("door:door"),
        *map(static, NAMED),
        *(settings.STATIC_URL + name for name in IMPORTED),
    ]
    version = sha256(page(language).encode())
    for name in (*NAMED, *IMPORTED):
        version.update(Path(_found(name)).read_bytes())
    return render_to_string(
        "door/worker.js", {"version": version.hexdigest()[:16], "shell": json.dumps(shell)}
    )


def _found(name: str) -> str:
    path = finders.find(name)
    if not isinstance(path, str):
        raise LookupError(f"the page at the door needs {name}")
    return path


def manifest() -> dict[str, Any]:
    """What makes the page installable."""
    start = reverse("door:door")
    return {
        "id": start,
        "name": _("KOSNA at the door"),
        "short_name": _("Check-in"),
        "start_url": start,
        "scope": start,
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#10192e",
        "icons": [
            {"src": static(f"icon-{side}.png"), "sizes": f"{side}x{side}", "type": "image/png"}
            for side in (192, 512)
        ],
    }
