"""What every template may name."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
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
            # Shown twice, at the side and folded away.
            context["staff_links"] = SimpleLazyObject(
                lambda: staff_nav.staff_links(user, request.path)
            )
            context["staff_branch"] = SimpleLazyObject(lambda: staff_nav.branch_of_desk(user))
    return context
