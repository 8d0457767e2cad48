"""What people answered on a registration form: written with their places, erased with them."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from django.db import transaction

from events.models import FormAnswer, Registration
from kosna.core.prepared import insert
from kosna.payments.models import Order

if TYPE_CHECKING:
    from events.actions.registering import Attendee


def write_answers(
    order: Order,
    places: Sequence[Registration],
    attendees: "Sequence[Attendee]",
    of_order: Mapping[int, str],
) -> None:
    """In the transaction that places the order: by question, of the order and of each place."""
    rows = [FormAnswer(question_id=pk, order=order, value=text) for pk, text in of_order.items()]
    rows += [
        FormAnswer(question_id=pk, order=order, registration=place, value=text)
        for place, attendee in zip(places, attendees, strict=True)
        for pk, text in attendee.answers.items()
    ]
    if rows:
        insert(rows)


@transaction.atomic
def replace_answers(place: Registration, answers: Mapping[int, str]) -> None:
    """Of whoever a place is for now: nobody's answers go over to somebody else."""
    place.form_answers.all().delete()
    FormAnswer.objects.bulk_create(
        FormAnswer(question_id=pk, order_id=place.line.order_id, registration=place, value=text)
        for pk, text in answers.items()
    )


def erase_answers(orders: Collection[int]) -> None:
    FormAnswer.objects.filter(order__in=orders).delete()
