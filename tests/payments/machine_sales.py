"""What else is sold in the money machine: booths, tickets that become others, and what is paid at a
door; their orders then meet everything that its other hands do."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from events.actions import Company, book_booth, cancel_places, change_ticket, give_up_booth, quote
from events.actions import quote_booths as booths_quoted
from events.changes import quote_change
from events.models import Booth, BoothBooking, Event, Registration, Ticket
from kosna.core import clock
from kosna.payments import actions
from kosna.payments.actions import Occasion
from tests import factories
from tests.payments.machine import Hands, deaths, numbers, picks


class Sales(Hands):
    event: Event

    def _open_sales(self) -> None:
        """Beside the tickets that the machine sells: a dearer one, and booths."""
        self.patron = factories.make_ticket(
            self.event, capacity=3, prices={None: 88_000}, name_ko="후원"
        )
        for name in ("A1", "A2"):
            factories.make_booth(self.event, name, prices={None: 220_000})
        self.sellers = [self._person() for _ in range(2)]

    def _places(self) -> object:
        return Registration.objects.filter(event=self.event)

    @rule(pick=picks, dies=deaths)
    def change_a_ticket(self, pick: int, dies: int | None) -> None:
        """To the other kind; a dearer one is an order over the difference."""
        places = Registration.objects.filter(event=self.event).with_event()
        place = self._one(places.select_related("line__order__user", "user"), pick)
        others = Ticket.objects.with_room().filter(event=self.event).exclude(pk=place.ticket_id)
        ticket, at = others.get(), clock.now()

        def change() -> None:
            said = quote_change(place, ticket, at)
            change_ticket(
                place, ticket, quoted=(said.new_price, said.back), by=place.line.order.user
            )

        self._do(dies, change)

    @rule(pick=picks, dies=deaths)
    def give_a_changed_place_up(self, pick: int, dies: int | None) -> None:
        """With all that was paid to change it, as its page quotes it."""
        place = self._one(self._places().select_related("line__order__user"), pick)
        order = place.line.order

        def give_up() -> None:
            said = sum(row.back for row in quote(order) if row.chosen_by == place.line_id)
            cancel_places(order, [place.line_id], quoted=said, by=order.user)

        self._do(dies, give_up)

    @rule(pick=picks, dies=deaths)
    def order_a_booth(self, pick: int, dies: int | None) -> None:
        buyer = self._person()
        booth = self._one(Booth.objects.filter(event=self.event), pick)
        company = Company(buyer, None, f"회사{next(numbers)}")
        self._do(dies, lambda: book_booth(booth, company=company, by=buyer))

    @rule(pick=picks, dies=deaths)
    def give_a_booth_up(self, pick: int, dies: int | None) -> None:
        mine = BoothBooking.objects.filter(event=self.event).select_related("line__order__user")
        if not (booking := self._one(mine, pick)):
            return
        order = booking.line.order

        def give_up() -> None:
            said = sum(row.back for row in booths_quoted(order))
            give_up_booth(order, quoted=said, by=order.user)

        self._do(dies, give_up)

    @rule(pick=picks, way=st.sampled_from([*actions.WAYS]), seller=picks, dies=deaths)
    def pay_at_the_door(self, pick: int, way: str, seller: int, dies: int | None) -> None:
        """Twice, as a button is pressed: whatever the first press came to."""
        if order := self._order(pick):
            # An occasion is of one branch, as the event that sells at its door.
            occasion = Occasion(f"{self.event.slug}-{order.branch_id}", self.event.title_ko, "")
            taking = {"way": way, "slip": f"S{order.pk}", "occasion": occasion}
            by = self.sellers[seller % len(self.sellers)]
            self._do(dies, lambda: actions.take_money(order, **taking, by=by))
            self._do(None, lambda: actions.take_money(order, **taking, by=by))

    @rule(pick=picks)
    def ask_the_rules_again(self, pick: int) -> None:
        if order := self._order(pick):
            self._do(None, lambda: actions.try_again(order, by=self.sellers[0]))
