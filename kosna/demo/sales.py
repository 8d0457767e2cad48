"""A conference whose tickets share the hall, with add-ons, codes of every kind and a hidden ticket
for guests, some of it used."""

from functools import partial

from events import actions
from events.actions import Attendee, QuotaTerms, VoucherTerms
from events.models import AddOn, Event, Ticket, TicketPrice, Voucher
from kosna.core import clock
from kosna.demo import money
from kosna.demo.memberships import CARDS
from kosna.demo.people import account
from kosna.demo.story import Story
from kosna.payments.models import OrderLine

SLUG = "ai-opinion-analysis"


def tell(story: Story) -> None:
    until = clock.end_of(clock.kst_date(story.ahead(25, 0)))
    story.at(story.ago(28, 9, 30), _write)
    codes = {
        "후원사 초청": VoucherTerms(
            "후원사 초청", ticket=None, max_uses=2, effect="price", value=0, shows_hidden=True,
            reserves_seats=True, valid_until=until,
        ),
        "협력 기관 할인": VoucherTerms(
            "협력 기관 할인", max_uses=30, effect="percent", value=20, valid_until=until
        ),
        "연사 동행": VoucherTerms("연사 동행", effect="off", value=50_000, valid_until=until),
    }  # fmt: skip
    for minute, (purpose, terms) in enumerate(codes.items()):
        story.at(story.ago(26, 10, minute), partial(_codes, purpose, terms))
    story.at(story.ago(9, 11), partial(_book, "city", "협력 기관 할인", extras=("만찬", "주차")))
    story.at(story.ago(9, 12), partial(_book, "ceo", "후원사 초청", guest="현도윤"))
    story.at(story.ago(8, 15), partial(_book, "associate", "", guest="도하린", extras=("만찬",)))


def _write() -> None:
    event = Event.objects.get(slug=SLUG)
    on_site, _online, workshop, *_others = event.tickets.order_by("sort")
    guests = Ticket.objects.create(
        event=event, name_ko="초청석", name_en="Invited guest", capacity=20, sort=9,
        is_hidden=True, vat_class=OrderLine.VatClass.TAXABLE,
    )  # fmt: skip
    TicketPrice.objects.create(ticket=guests, amount=110_000)
    Ticket.objects.filter(pk=workshop.pk).update(max_per_person=2)
    both = frozenset({on_site.pk, workshop.pk, guests.pk})
    quotas = [
        QuotaTerms(None, "행사장", "Venue", 90, both),
        QuotaTerms(None, "실습실", "Workshop room", 8, frozenset({workshop.pk})),
    ]
    actions.change_quotas(event, quotas, by=account("hq"))
    dinner, kit, parking = (
        AddOn.objects.create(event=event, sort=sort, **facts)
        for sort, facts in enumerate(
            [
                {"name_ko": "만찬", "name_en": "Dinner", "price": 44_000, "capacity": 60,
                 "note_ko": "18시 30분, 2층 연회장", "note_en": "18:30, second floor"},
                {"name_ko": "실습 교재", "name_en": "Workshop kit", "price": 15_000,
                 "vat_class": OrderLine.VatClass.EXEMPT, "capacity": 8},
                {"name_ko": "주차", "name_en": "Parking", "price": 5_500, "capacity": 30,
                 "follows_ladder": False},
            ]
        )
    )  # fmt: skip
    kit.tickets.set([workshop])
    for addon in (dinner, parking):
        addon.tickets.set([on_site, workshop, guests])
    actions.touch(event)


def _codes(purpose: str, terms: VoucherTerms) -> None:
    event = Event.objects.get(slug=SLUG)
    if terms.shows_hidden:
        ticket = event.tickets.get(is_hidden=True)
        terms = VoucherTerms(**vars(terms) | {"ticket": ticket})
    code = "PARTNER-20" if terms.effect == Voucher.Effect.PERCENT else ""
    actions.make_vouchers(event, terms, count=1 if code else 3, code=code, by=account("hq"))


def _book(key: str, purpose: str, guest: str = "", extras: tuple[str, ...] = ()) -> None:
    event = Event.objects.get(slug=SLUG)
    voucher = event.vouchers.filter(purpose=purpose).order_by("pk").first()
    hidden = bool(voucher and voucher.shows_hidden)
    ticket = event.tickets.filter(is_hidden=hidden).order_by("sort")[0]
    keys = tuple(event.addons.filter(name_ko__in=extras).values_list("pk", flat=True))
    user = account(key)
    people = [Attendee(user.name, user.email, is_buyer=True, extras=keys)]
    people += [Attendee(guest, extras=keys)] if guest else []
    order = actions.register(ticket=ticket, attendees=people, by=user, voucher=voucher)
    if order.total:
        money.pay_by_card(order, CARDS[0])
