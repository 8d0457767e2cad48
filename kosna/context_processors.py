"""What every template may name."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language


def portal(request: HttpRequest) -> dict[str, Any]:
    facts = settings.ASSOCIATION
    language = "en" if get_language() == "en" else "ko"
    return {
        "association": {
            **facts,
            "name": facts[f"name_{language}"],
            "president": facts[f"president_{language}"],
            "address": facts[f"address_{language}"],
        },
        "is_demo": settings.IS_DEMO,
        "site_url": settings.SITE_URL,
        "language": language,
    }
