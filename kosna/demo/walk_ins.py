"""Who comes without a ticket: today's salon sells at its door, with a company that comes in with
one scan, a kiosk, and lunches that are given out; the seminar in Daegu has counted its till."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

from events import actions
from events.actions import Attendee, Seller, SentScan, WalkIn
from events.door.staff_views import pairing_address
from events.models import AddOn, DoorDevice, DoorSale, Event, Registration
from kosna.core import batches, clock
from kosna.demo import money
from kosna.demo.memberships import CARDS
from kosna.demo.people import account
from kosna.demo.registrations import EVERYBODY, REGULARS, book, order_of
from kosna.demo.story import Story
from kosna.payments import actions as payments
from kosna.payments.models import OrderLine, Till

SALON, SEMINAR = "merchant-brand-salon", "daegu-sns-trend-seminar"
FRONT, SPARE, LOBBY = "살롱 태블릿", "살롱 예비 휴대전화", "로비 키오스크"
ADD_ONS = (
    {"name_ko": "도시락", "name_en": "Lunch box", "price": 12_000, "capacity": 40},
    {"name_ko": "실습 교재", "name_en": "Workbook", "price": 8_000,
     "vat_class": OrderLine.VatClass.EXEMPT},
)  # fmt: skip


def tell(story: Story) -> None:
    story.at(story.ago(20, 9, 30), _write_add_ons)
    story.at(story.ago(9, 10), _company)
    for index, key in enumerate((REGULARS[2], EVERYBODY[7], "maria")):
        book(story, story.ago(8 - index, 13), key, SALON)
    minutes = _minutes_before_now(story)
    story.at(minutes(41), _badges)
    story.at(minutes(40), _devices)
    story.at(minutes(30), _come_in)
    sales: tuple[tuple[WalkIn, str, str], ...] = (
        (WalkIn("차은별", "walk1@example.test", "+821055500011", "차은별 공방"), "cash", ""),
        (WalkIn("허도담"), "cash", ""),
        (WalkIn("주가온", affiliation="가온서점"), "card", "30418822"),
    )
    for number, (who, way, slip) in enumerate(sales):
        sell = partial(_sell, SALON, number, who, way, slip, device=FRONT)
        story.at(minutes(20 - 4 * number), sell)
    story.at(minutes(5), partial(_sell_to_member, SALON, 9, REGULARS[30]))
    _past_seminar(story)


def _minutes_before_now(story: Story) -> Callable[[int], datetime]:
    """Of today, and before the salon ends, whenever the demonstration is loaded."""
    last = min(story.now, story.ahead(0, 23, 58))
    first = clock.start_of(story.today)
    return lambda minutes: min(max(last - timedelta(minutes=minutes), first), story.now)


def _past_seminar(story: Story) -> None:
    """Three came without a ticket; a thousand won are missing, and the till was handed over."""
    for number, (name, way, slip) in enumerate(
        (("모란희", "cash", ""), ("감도윤", "cash", ""), ("빈하람", "card", "20117733"))
    ):
        sell = partial(_sell, SEMINAR, 100 + number, WalkIn(name), way, slip)
        story.at(story.ago(25, 14, 5 + number), sell)
    story.at(story.ago(25, 17, 40), _count)
    story.at(story.ago(24, 10), _receive)


def _write_add_ons() -> None:
    event = Event.objects.get(slug=SALON)
    for sort, facts in enumerate(ADD_ONS):
        AddOn.objects.create(event=event, sort=sort, **facts)
    actions.touch(event)


def _company() -> None:
    """Five people of one company, who come in with one scan."""
    event, user = Event.objects.get(slug=SALON), account("contact")
    lunch, book = event.addons.order_by("sort").values_list("pk", flat=True)
    names = ("도예린", "표지안", "설한결", "남시온")
    people = [Attendee(user.name, user.email, "㈜가온소셜랩", is_buyer=True, extras=(lunch, book))]
    people += [Attendee(name, affiliation="㈜가온소셜랩", extras=(lunch,)) for name in names]
    order = actions.register(ticket=event.tickets.get(), attendees=people, by=user)
    money.pay_by_card(order, CARDS[0])


def _badges() -> None:
    """The file lies under long work."""
    event = Event.objects.get(slug=SALON)
    actions.print_badges(event=event, size="sheet", language="ko", by=account("hq"))
    batches.run_all()


def _devices() -> None:
    """One that is in use, one to try, and a kiosk; the keys of the last two are still to be had."""
    event, by = Event.objects.get(slug=SALON), account("hq")
    for label, door, kind, cashier in (
        (FRONT, "입구", DoorDevice.Kind.DOOR, account("door")),
        (SPARE, "입구", DoorDevice.Kind.DOOR, account("door")),
        (LOBBY, "로비", DoorDevice.Kind.KIOSK, None),
    ):
        device = actions.add_device(
            event=event, label=label, door=door, kind=kind, cashier=cashier, by=by
        )
        if label == FRONT:
            actions.device_of(actions.token_of(device))


def _device(label: str) -> DoorDevice:
    devices = DoorDevice.objects.select_related("event", "added_by", "cashier")
    return devices.get(event__slug=SALON, label=label)


def _come_in() -> None:
    """Two of the company are there, and have had their lunch."""
    device, at = _device(FRONT), clock.now()
    places = Registration.objects.filter(line__order=order_of("contact", SALON)).order_by("pk")[:2]
    scans = [SentScan(uuid4(), at, told="admitted", place=place.pk) for place in places]
    actions.sync_scans(device=device, scans=scans)
    for extra in actions.extras_of(places[0])[:1] + actions.extras_of(places[1]):
        actions.hand_out(
            extra.pk, event=device.event, uuid=uuid4(), at=at, by=device.added_by, device=device
        )


def _sell(slug: str, number: int, who: WalkIn, way: str, slip: str, device: str = "") -> None:
    event, by = Event.objects.get(slug=slug), account("door")
    sale = actions.hold_place(
        event=event,
        ticket=event.tickets.order_by("sort")[0].pk,
        who=who,
        key=UUID(int=9000 + number),
        seller=Seller(by, _device(device) if device else None),
    )
    actions.take_payment(DoorSale.objects.with_order().get(pk=sale.pk), way=way, slip=slip)


def _sell_to_member(slug: str, number: int, key: str) -> None:
    _sell(slug, number, WalkIn(member=account(key)), "transfer", account(key).name, FRONT)


def _till() -> Till:
    return Till.objects.get(occasion=SEMINAR)


def _count() -> None:
    till = _till()
    cash, cards = payments.expected(till)
    reason = "거스름돈을 천 원 더 내준 것으로 보입니다."
    payments.count_till(till, cash=cash - 1_000, cards=cards, reason=reason, by=account("door"))


def _receive() -> None:
    till = _till()
    assert till.counted_cash is not None and till.counted_cards is not None
    payments.receive_till(
        till, cash=till.counted_cash, cards=till.counted_cards, by=account("treasurer")
    )


def links() -> list[tuple[str, str]]:
    """What is shown to who tries the door, each with its address; a key that was taken is gone."""
    rows = [("A company comes in with one scan", actions.group_address(order_of("contact", SALON)))]
    for label, told in ((SPARE, "Phone at the door, sells tickets"), (LOBBY, "Kiosk in the lobby")):
        device = _device(label)
        token = actions.token_of(device)
        rows.append((told, pairing_address(device, token) if token else "(in use already)"))
    return rows
