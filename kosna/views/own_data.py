"""What we hold about the reader: how much of each kind, and all of it as one file (개인정보 보호법
§35, §35-2)."""

from datetime import timedelta

from allauth.account.decorators import reauthentication_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.http import content_disposition_header

from kosna.accounts import own_data
from kosna.accounts.requests import client_ip, is_confirmed
from kosna.core import clock
from kosna.core.methods import require_POST, require_safe
from kosna.core.pace import too_fast
from kosna.core.sheets import XLSX_TYPE
from kosna.own_data_actions import take_own_data
from members.models import Member

FILES, DAY = 6, timedelta(days=1)  # how many files one person takes in a day


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    return _page(request)


def _page(request: HttpRequest, status: int = 200) -> HttpResponse:
    user = request.user
    members = Member.objects.run_by(user).running().select_related("tier", "branch")
    counts = [(kind.title, kind.count(user)) for kind in own_data.kinds()]
    return TemplateResponse(
        request,
        "me/data.html",
        {
            "held": [(title, count) for title, count in counts if count],
            "nothing_of": [title for title, count in counts if not count],
            "is_confirmed": is_confirmed(request),
            "is_enough": status == 429,
            "most": FILES,
            "memberships": members.order_by("pk"),
        },
        status=status,
    )


@require_safe
@reauthentication_required
def confirm(request: HttpRequest) -> HttpResponse:
    """Asks for the password, or a second factor, and leads back to the file."""
    return redirect("me:data")


@require_POST
def data_file(request: HttpRequest) -> HttpResponse:
    if not is_confirmed(request):
        return redirect("me:data-confirm")
    if too_fast("own-data", str(request.user.pk), most=FILES, within=DAY):
        return _page(request, status=429)
    as_xlsx = request.POST.get("format") == "xlsx"
    content = take_own_data(by=request.user, as_xlsx=as_xlsx, ip=client_ip(request))
    name = f"kosna-{clock.today():%Y%m%d}.{'xlsx' if as_xlsx else 'json'}"
    return HttpResponse(
        content,
        content_type=XLSX_TYPE if as_xlsx else "application/json",
        headers={
            "Content-Disposition": content_disposition_header(as_attachment=True, filename=name),
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )
