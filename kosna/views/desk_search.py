"""The search of the desk."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from kosna.audit.actions import viewed
from kosna.branches.access import staff_view
from kosna.core.korean import fold
from kosna.core.lists import searched
from kosna.payments.models import Order
from kosna.views.desk import SHOWN
from members.models import Application, Member


@staff_view("desk.open")
def search(request: HttpRequest) -> HttpResponse:
    """Members, applications and orders by name or number, within this person's branches."""
    text = searched(request)
    digits = "".join(character for character in text if character.isdigit())
    found: dict[str, list[Any]] = {"members": [], "applications": [], "orders": []}
    user = request.user
    if len(text) >= 2:
        named = Q(search_text__contains=fold(text)) | Q(number=text)
        numbered = Q(number=text) | Q(name__contains=text) | Q(organisation_name__contains=text)
        if len(digits) == 10:
            named |= Q(organisation__business_number=digits)
            numbered |= Q(business_number=digits)
        members = Member.objects.permitted(user, "members.view_member").filter(named)
        applications = (
            Application.objects.permitted(user, "members.view_application")
            .received()
            .filter(numbered)
        )
        orders = Order.objects.permitted(user, "payments.view_order").filter(
            Q(code=text.upper()) | Q(buyer_name__contains=text)
        )
        found = {
            "members": list(members.select_related("tier", "branch")[:SHOWN]),
            "applications": list(applications.select_related("tier", "branch")[:SHOWN]),
            "orders": list(orders.order_by("-pk")[:SHOWN]),
        }
        seen = {member.user_id for member in found["members"] if member.user_id}
        seen |= {application.applicant_id for application in found["applications"]}
        seen |= {order.user_id for order in found["orders"]}
        if seen:
            viewed(request, user, subjects=seen, looked_for=text)
    return TemplateResponse(request, "staff/search.html", {"text": text, "found": found})
