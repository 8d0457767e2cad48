"""Public holidays: the list that deadlines in working days go by."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from kosna.branches.access import staff_view
from kosna.core.forms import HolidayFilter, HolidayForm
from kosna.core.methods import require_POST
from kosna.core.models import Holiday
from kosna.holiday_actions import add_holiday, remove_holiday

PER_PAGE = 20


@staff_view("core.change_holiday")
def holidays(request: HttpRequest) -> HttpResponse:
    form = HolidayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        add_holiday(form, by=request.user)
        messages.success(request, _("Saved."))
        return redirect("holidays")
    filters = HolidayFilter(request.GET)
    rows = filters.narrow(Holiday.objects.order_by("-day"))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return TemplateResponse(
        request, "staff/holidays.html", {"form": form, "filters": filters, "page": page}
    )


@require_POST
@staff_view("core.change_holiday")
def holiday_remove(request: HttpRequest, pk: int) -> HttpResponse:
    remove_holiday(get_object_or_404(Holiday, pk=pk), by=request.user)
    messages.success(request, _("The holiday was removed."))
    return redirect("holidays")
