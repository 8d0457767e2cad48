"""Forms, filters and pages of a list."""

from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext as _

from kosna.core.templatetags.ui.library import NOTHING, register
from kosna.core.templatetags.ui.parts import icon


@register.simple_tag
def field(bound: BoundField, **attrs: object) -> SafeString:
    """A field with its label, hint and errors; extra arguments become attributes of its input."""
    bound.field.widget.attrs |= {key.replace("_", "-"): val for key, val in attrs.items()}
    return bound.as_field_group()


@register.simple_tag
def fields(form: BaseForm) -> SafeString:
    """All fields of a form in their order."""
    return format_html_join(
        "",
        "{}",
        ((bound if bound.is_hidden else bound.as_field_group(),) for bound in form),
    )


@register.simple_tag
def form_errors(form: BaseForm) -> SafeString:
    """The summary of a refused form: takes the focus, links to each field."""
    if not form.is_bound or not form.errors:
        return NOTHING
    lines = [format_html("<li>{}</li>", reason) for reason in form.non_field_errors()]
    for bound in form:
        lines += [
            format_html('<li><a href="#{}">{}</a>: {}</li>', _target(bound), bound.label, reason)
            for reason in bound.errors
        ]
    return format_html(
        '<div class="alert danger" id="form-errors" role="alert" tabindex="-1" autofocus>{}'
        "<div><h2>{}</h2><ul>{}</ul></div></div>",
        icon("warning"),
        _("Please check the following and send the form again."),
        mark_safe("".join(lines)),
    )


def _target(bound: BoundField) -> str:
    """The id that a link to this field jumps to: of a group, its first choice."""
    return f"{bound.auto_id}_0" if bound.use_fieldset else bound.auto_id


@register.simple_block_tag(takes_context=True)
def filter_bar(context: dict, content: str, total: int | None = None) -> SafeString:
    """A list's filters: a GET form, so that the address says what is shown."""
    request = context["request"]
    reset = (
        format_html('<a class="btn quiet" href="{}">{}</a>', request.path, _("Reset"))
        if request.GET
        else NOTHING
    )
    return format_html(
        '<form class="filter-bar" method="get" action="{}" role="search" data-filter>{}'
        '<button type="submit" class="btn primary">{}{}</button>{}{}</form>',
        request.path,
        content,
        icon("search"),
        _("Search"),
        reset,
        format_html(
            '<span class="count meta nums">{}</span>', _("%(n)s found") % {"n": f"{total:,}"}
        )
        if total is not None
        else NOTHING,
    )


@register.simple_tag(takes_context=True)
def pagination(context: dict, page: Page) -> SafeString:
    """Links to the other pages of a list; every other part of the address is kept."""
    paginator = page.paginator
    if paginator.num_pages < 2:
        return NOTHING
    query = context["request"].GET.copy()

    def link(number: int, label: object, extra: str = "") -> SafeString:
        query["page"] = str(number)
        return format_html(
            '<li><a href="?{}" {}>{}</a></li>', query.urlencode(), mark_safe(extra), label
        )

    items = []
    if page.has_previous():
        items.append(link(page.number - 1, icon("chevron-left", _("Previous page")), 'rel="prev"'))
    for number in paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1):
        if number == paginator.ELLIPSIS:
            items.append(mark_safe('<li><span class="gap">…</span></li>'))
        elif number == page.number:
            items.append(format_html('<li><span aria-current="page">{}</span></li>', number))
        else:
            items.append(link(int(number), number))
    if page.has_next():
        items.append(link(page.number + 1, icon("chevron-right", _("Next page")), 'rel="next"'))
    return format_html(
        '<nav class="pagination" aria-label="{}"><ul>{}</ul></nav>',
        _("Pages"),
        mark_safe("".join(items)),
    )


@register.simple_tag(takes_context=True)
def current(context: dict, prefix: str) -> SafeString:
    """aria-current for a navigation link when the page lies under `prefix`."""
    request = context.get("request")
    here = request is not None and request.path.startswith(prefix)
    return mark_safe('aria-current="true"') if here else NOTHING


@register.filter
def anchor(text: str) -> str:
    """A heading as a fragment of an address, Hangul kept."""
    return slugify(text, allow_unicode=True)
