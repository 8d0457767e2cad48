"""The form below a staff list that takes it along as a file."""

from typing import Any

from django import template
from django.urls import reverse

from kosna.audit.forms import ExportForm

register = template.Library()


@register.inclusion_tag("staff/export_fold.html", takes_context=True)
def export_fold(context: dict[str, Any], to: str, *args: Any) -> dict[str, Any]:
    """``to`` names the address that answers with the file, ``args`` are its parts; what the list is
    filtered by goes along."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    return {
        "csrf_token": context.get("csrf_token"),
        "action": reverse(to, args=args) + (f"?{query.urlencode()}" if query else ""),
        "form": ExportForm(auto_id="export_%s"),
    }
