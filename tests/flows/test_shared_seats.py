"""A fair in one hall: staff share its seats between two tickets, add a dinner and make a code; a
guest comes by the code, another buys the last seat, a third waits and gets what the guest gives
up."""

from events.models import Registration
from tests import factories


def test_a_fair_in_one_hall(portal, people, enter):
    event = factories.make_event("fair", branch=people.busan)
    general = factories.make_ticket(event, name_ko="일반석", capacity=9)
    guests = factories.make_ticket(event, name_ko="초청석", capacity=9, is_hidden=True)

    officer = enter("officer").open("/staff/events/fair/quotas/")
    hall = {"name_ko": "본관", "capacity": 2, "tickets": [general.pk, guests.pk]}
    officer.press("quotas-0-name_ko", **{f"quotas-0-{name}": hall[name] for name in hall})
    assert "본관" in officer.text
    dinner = {"name_ko": "만찬", "price": 33_000, "capacity": 5}
    officer.open("/staff/events/fair/add-ons/")
    officer.press("addons-0-name_ko", **{f"addons-0-{name}": dinner[name] for name in dinner})
    officer.open("/staff/events/fair/vouchers/new/")
    officer.press(
        "purpose", purpose="협력 기관", ticket=guests.pk, effect="price", value=10_000,
        code="busan-guest", shows_hidden=True, reserves_seats=True,
    )  # fmt: skip
    assert "BUSAN-GUEST" in officer.text

    guest = enter("account").open("/events/fair/register/")
    assert "초청석" not in guest.text
    guest.press("apply", 422, voucher="WRONG-CODE", apply="1")
    guest.press("apply", voucher="busan-guest", apply="1")
    assert "초청석" in guest.text
    guest.press("ticket", ticket=guests.pk, myself=True, extras_0=True)
    assert "43,000원" in guest.text
    guest.press("/pay/", method="card").press("outcome", outcome="paid")
    portal.work()
    place = Registration.objects.get(user=people.account)
    assert "만찬" in guest.open(place.get_absolute_url()).text

    member = enter("regular").open("/events/fair/register/")
    member.press("ticket", ticket=general.pk, myself=True)
    late = enter("applicant").open("/events/fair/register/")
    assert "초청석" not in late.text
    late.open("/events/fair/waiting/").press("ticket", ticket=general.pk, myself=True)

    officer.open("/staff/events/fair/vouchers/").open(
        f"/staff/events/fair/vouchers/{event.vouchers.get().pk}/"
    )
    assert "account" in officer.text and "10,000원" in officer.text

    guest.open(f"{place.get_absolute_url()}cancel/")
    assert "33,000원 중 33,000원 환불" in guest.text
    guest.press("confirm", confirm=True)
    portal.work()
    offered = Registration.objects.get(user=people.applicant)
    assert (offered.status, offered.ticket) == ("held", general)
    assert portal.problems() == {}
