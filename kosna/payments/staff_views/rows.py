"""What the pages of the desk fetch: rows of the branches where this person holds the verb."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from kosna.payments.models import Order, Refund


def of_the_head_office(request: HttpRequest) -> None:
    """A provider's account is the association's, no branch's."""
    if not request.scope.everywhere:
        raise PermissionDenied


def order_of(request: HttpRequest, verb: str, code: str) -> Order:
    orders = Order.objects.permitted(request.user, verb).select_related("user", "branch")
    return get_object_or_404(orders, code=code)


def refund_of(request: HttpRequest, verb: str, pk: int) -> Refund:
    refunds = Refund.objects.permitted(request.user, verb).select_related(
        "order__user", "order__branch", "payment", "line", "requested_by", "approved_by", "transfer"
    )
    return get_object_or_404(refunds, pk=pk)
