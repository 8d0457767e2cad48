"""Forms are drawn by templates, but for what stands in them by the dozen: the options of a select.
A desk's filter has forty of them, and an include for each took longer than the rest of the page."""

from collections.abc import Mapping
from html import escape
from typing import Any

from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms.renderers import TemplatesSetting
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

SELECT = "django/forms/widgets/select.html"
NO_CHOICE = BLANK_CHOICE_DASH[0][1]


class FormRenderer(TemplatesSetting):
    def render(self, template_name: str, context: Any, request: Any = None) -> str:
        if template_name == SELECT:
            return select(context["widget"])
        return super().render(template_name, context, request)


def select(widget: Mapping[str, Any]) -> SafeString:
    """As Django's own template draws it, whose output a test compares with this."""
    groups = format_html_join(
        "", "{}", ((_group(name, options),) for name, options, _index in widget["optgroups"])
    )
    return format_html(
        '<select name="{}"{}>{}</select>', widget["name"], flatatt(_shown(widget["attrs"])), groups
    )


def _group(name: str | None, options: list[Mapping[str, Any]]) -> SafeString:
    drawn = mark_safe("".join(map(_option, options)))
    return format_html('<optgroup label="{}">{}</optgroup>', name, drawn) if name else drawn


def _option(option: Mapping[str, Any]) -> str:
    # Django's dashes say nothing.
    label = _("Please choose") if option["label"] == NO_CHOICE else option["label"]
    attributes = flatatt(_shown(option["attrs"])) if option["attrs"] else ""
    return f'<option value="{escape(str(option["value"]))}"{attributes}>{_safe(label)}</option>'


def _safe(label: Any) -> str:
    """As ``conditional_escape``, which looks twice whether a text is to be translated."""
    return label.__html__() if hasattr(label, "__html__") else escape(str(label))


def _shown(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """What Django's template shows of attributes: all but False."""
    return {name: value for name, value in attributes.items() if value is not False}
