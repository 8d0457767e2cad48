"""What every template may name."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from kosna import staff_nav
from members.viewing import viewing_of


def portal(request: HttpRequest) -> dict[str, Any]:
    facts = settings.ASSOCIATION
    language = "en" if get_language() == "en" else "ko"
    context = {
        "association": {
            **facts,
            "name": facts[f"name_{language}"],
            "president": facts[f"president_{language}"],
            "address": facts[f"address_{language}"],
            "privacy_officer": facts[f"privacy_officer_{language}"],
        },
        "is_demo": settings.IS_DEMO,
        "site_url": settings.SITE_URL,
        "language": language,
        "has_desk": False,
    }
    user = getattr(request, "user", None)
    if user is not None:
        # Asked only by pages that show it, and then once.
        context["viewing"] = SimpleLazyObject(lambda: viewing_of(request))
        context["has_desk"] = SimpleLazyObject(lambda: staff_nav.has_desk(user))
        if request.path.startswith("/staff/"):
            context["staff_nav"] = SimpleLazyObject(lambda: staff_nav.staff_nav(user, request.path))
            # Shown twice, at the side and folded away: drawn once.
            context["staff_links"] = SimpleLazyObject(
                lambda: render_to_string(
                    "components/staff_nav.html", {"staff_nav": context["staff_nav"]}
                )
            )
            context["staff_branch"] = SimpleLazyObject(lambda: staff_nav.branch_of_desk(user))
    return context
