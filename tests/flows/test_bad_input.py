"""What hostile or careless people send, over HTTP: a clear answer, and nothing stored.

The rules themselves are tried in depth in tests/core, tests/payments and tests/events.
"""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from events.models import Registration
from kosna.payments.models import Order, Payment, ProviderEvent
from kosna.payments.sandbox.courier import signature
from members.models import Application, ApplicationFile
from tests import factories
from tests.core.test_uploads import EXE, SVG, png_bomb
from tests.flows.test_story import APPLICANT


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("등록증.pdf", EXE),
        ("등록증.png", png_bomb(20_000)),
        ("등록증.png", SVG),
        ("등록증.svg", SVG),
        ("../../등록증.exe", factories.make_pdf()),
    ],
    ids=["exe named pdf", "image bomb", "svg named png", "svg with script", "pdf named exe"],
)
@pytest.mark.parametrize("intent", ["submit", "save"])
def test_a_file_that_is_not_what_it_says(enter, settings, name, content, intent):
    person = enter("account").open("/members/apply/?tier=regular")
    proof = SimpleUploadedFile(name, content, "application/pdf")
    person.press("postcode", 422, declaration=True, intent=intent, proof=proof, **APPLICANT)
    assert person.page.xpath("//*[@aria-invalid='true']/@name") == ["proof"]
    assert person.page.xpath("//*[@name='name']/@value") == ["김하늘"]
    assert not Application.objects.exists() and not ApplicationFile.objects.exists()
    assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_prices_and_quantities_of_the_buyers_own_making(portal, people, enter):
    event = factories.make_event("conference")
    ticket = factories.make_ticket(event, prices={people.regular_tier: 33_000, None: 55_000})
    other = factories.make_ticket(factories.make_event("other"), prices={None: 0})
    client = enter("account").client
    client.handler.enforce_csrf_checks = False
    register = "/events/conference/register/"
    for typed in [{"ticket": other.pk}, {"ticket": "1 OR 1=1"}, {"ticket": ""}]:
        assert client.post(register, {"myself": "on", **typed}).status_code == 422
    assert not Registration.objects.exists()
    tricks = {"price": 0, "amount": 1, "total": 1, "quantity": -1, "tier": "regular", "rows": "-5"}
    client.post(register, {"ticket": ticket.pk, "myself": "on", **tricks})
    order = Order.objects.get()
    assert order.total == 55_000
    client.post(f"/orders/{order.code}/pay/", {"method": "card", "amount": 1, "currency": "usd"})
    [session] = portal.sandbox.truth()["sessions"]
    assert (session["amount_total"], session["currency"]) == (55_000, "krw")


def test_a_payment_of_ones_own_invention(portal, people, enter):
    """Coming back without having paid, with a session of one's own choice, or as Stripe."""
    ticket = factories.make_ticket(factories.make_event("conference"))
    person = enter("account").open("/events/conference/register/")
    person.press("ticket", ticket=ticket.pk, myself=True)
    order = Order.objects.get()
    person.open(person.url).press("/pay/", method="card")
    session = order.attempts.get().session
    person.open(f"/orders/{order.code}/?sid={session}")
    person.open(f"/orders/{order.code}/?sid=cs_test_invented", 404)
    event = b'{"id": "evt_1", "object": "event", "type": "checkout.session.completed"}'
    for header in ("", "t=1,v1=00", signature(event, "whsec_guessed")):
        answer = person.client.post(
            "/webhooks/stripe/",
            event,
            content_type="application/json",
            headers={"Stripe-Signature": header},
        )
        assert answer.status_code == 400
    order.refresh_from_db()
    assert order.status == Order.Status.PENDING
    assert not Payment.objects.exists() and not ProviderEvent.objects.exists()
    assert portal.problems() == {}


def test_addresses_of_other_people(portal, people, enter):
    """Orders, applications and files of others are as if they did not exist; tickets and papers
    are known by secrets that nobody guesses."""
    application = Application.objects.create(
        applicant=people.applicant,
        tier=people.regular_tier,
        branch=people.busan,
        number="2026-0001",
        **APPLICANT | {"phone": "+821012345678"},
    )
    person = enter("account")
    for address in (
        f"/members/apply/{application.number}/",
        f"/members/apply/{application.number}/edit/",
        "/orders/AAAAAAAAAA/",
        "/tickets/guess/",
        "/tickets/guess.pdf",
        "/tickets/guess/certificate.pdf",
        "/verify/guess/",
        "/media/applications/1.pdf",
        "/var/kosna.sqlite3",
    ):
        person.open(address, 404)
