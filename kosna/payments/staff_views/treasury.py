"""The treasurer's page: figures, each a link to its rows."""

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from kosna.branches.access import staff_view
from kosna.core import clock
from kosna.core.methods import require_GET
from kosna.payments import treasury


@require_GET
@staff_view(treasury.VIEW)
def treasury_page(request: HttpRequest) -> HttpResponse:
    today = clock.today()
    doubtful = treasury.doubtful(request.user)
    months = treasury.Months.of(today)
    return TemplateResponse(
        request,
        "staff/payments/treasury.html",
        {
            "today": today,
            "months": months,
            "cash": treasury.cash_in(request.user, months),
            "outstanding": treasury.outstanding(request.user, today),
            "charged": treasury.charged(request.user),
            "refunds": treasury.refunds_due(request.user),
            "tills": treasury.tills(request.user),
            "doubtful": doubtful,
            "unclear": [figure for figure in doubtful if figure.won is not None],
            "undecided": [figure for figure in doubtful if figure.won is None],
        },
    )
