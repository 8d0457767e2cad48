"""Every page that links lead to, in both languages: no Hangul left in English pages, no English
left in Korean ones. What people typed in one language stays as they typed it."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import html

from events import actions as events
from kosna.payments import actions as payments
from kosna.payments.models import Order
from members.models import Application, Tier
from tests import factories
from tests.flows.person import Person
from tests.payments import shop

pytestmark = pytest.mark.one_database

HANGUL = re.compile(r"[가-힣]+")
WORD = re.compile(r"[A-Za-z]{2,}")
# Names of things, and abbreviations that Korean uses as they are.
KOREAN_USES = {
    *("KOSNA", "SNS", "PDF", "QR", "CSV", "JPEG", "JPG", "PNG", "MB", "SHA", "Stripe", "xlsx"),
    *("IBK", "KB", "NH", "SC", "Sh", "iM"),  # banks
    *("API", "Enter", "HWP", "HWPX", "IP", "JSON", "JavaScript", "MOU", "mm"),
    *("APA", "Chicago", "BibTeX", "RIS", "Atom"),  # how reports are cited and followed
}
# Codes, numbers, addresses: neither language.
CODES = re.compile(
    r"https?://\S*|\S+@\S+|/\S+/|\b[0-9A-Fa-f]{12,}…?|\b(?=[A-Z0-9]*\d)[A-Z0-9]{4}-?[A-Z0-9]{4,6}\b"
    r"|\b[A-Z0-9]{10}\b|@example\.test\b|\btest\.delivered\b"
)
# The guide to the API names what programs send.
BORING = re.compile(
    r"/(admin|api|static|accounts/logout|i18n)/|\.(pdf|ics|csv)$|/download/$|/files/"
)


@pytest.fixture
def world(people) -> list[str]:
    """Something on every list. Returns what people typed, which no language changes."""
    factories.make_event("conference", venue_ko="부산", venue_en="Busan")
    ticket = factories.make_ticket(factories.make_event("seminar"))
    me = events.Attendee(people.regular.name, is_buyer=True)
    events.register(ticket=ticket, attendees=[me], by=people.regular)
    factories.make_report("trends", tiers=(people.regular_tier,))
    Application.objects.create(
        applicant=people.applicant,
        tier=people.regular_tier,
        branch=people.busan,
        number="2026-0001",
        name="홍길동",
        phone="+821012345678",
        postcode="48058",
        address="부산광역시 해운대구 센텀중앙로 79",
        status=Application.Status.SUBMITTED,
        submitted_at=factories.clock.now(),
    )
    paid = shop.order_of(people.regular, people.busan)
    payments.record_payment(
        order=paid,
        provider="bank",
        reference="bank:1",
        method="bank_transfer",
        amount=paid.total,
        received_at=factories.clock.now(),
    )
    waiting = shop.order_of(people.account, people.busan)
    payments.choose_bank_transfer(waiting, by=people.account)
    payments.request_refund(order=paid, amount=1_000, reason="사유", by=people.treasurer)
    typed = {
        value for order in Order.objects.all() for value in (order.depositor_name, order.title_ko)
    }
    typed |= {user.name for user in type(people.regular).objects.all()}
    typed |= {"홍길동", "사유", "부산광역시 해운대구 센텀중앙로 79", "김서연", "오세린", "연구위원"}
    typed |= {"한국어", "English"}  # a language is called by its own name
    # The factories name branches and tiers "hq 지부" and "company 회원", and say so in addresses.
    # The desk shows the names of a tier side by side, as somebody typed them.
    typed |= {name for tier in Tier.objects.all() for name in (tier.name_ko, tier.name_en)}
    typed |= {people.company.name, "hq", "busan", "daegu", "company", "trends"}
    return sorted(typed, key=len, reverse=True)


def walk(person: Person, start: str, most: int = 500) -> Iterator[tuple[str, str]]:
    """Addresses and what is written there, each kind of page once or twice, until no link leads to
    another kind. ``most`` ends a walk that would never end, and says so."""
    seen, queue = set(), [start]
    while queue:
        assert len(seen) < most, f"{len(queue)} links are left, first {queue[0]}"
        address = queue.pop(0)
        shape = re.sub(r"\d+", "0", urlsplit(address).path)
        if shape in seen or BORING.search(shape):
            continue
        seen.add(shape)
        person.ask("GET", address)
        assert person.status in (200, 403, 404), (person.status, address)
        if not person.content.lstrip().startswith(b"<!doctype html"):
            continue
        page = person.page
        links = [urljoin(person.url, link) for link in page.xpath("//a/@href")]
        queue += [link for link in links if not urlsplit(link).netloc]
        yield address, written_on(page)


def written_on(page: html.HtmlElement) -> str:
    """What a page says, also to a screen reader, except where it says that it speaks the other
    language. The page is used up."""
    other = "ko" if page.get("lang") == "en" else "en"
    unread = f"//script | //style | //textarea | //code | //*[@lang='{other}']"
    for element in page.xpath(unread):
        element.drop_tree()
    return " ".join(page.xpath("//text() | //@aria-label | //@title | //@placeholder"))


def leftovers(text: str, typed: Sequence[str], foreign: re.Pattern, allowed: set[str]) -> set[str]:
    for word in typed:
        text = text.replace(word, " ")
    return set(foreign.findall(CODES.sub(" ", text))) - allowed


@pytest.mark.parametrize(
    ("who", "start"),
    [
        ("", "/"),
        ("regular", "/me/"),
        ("account", "/me/"),
        ("applicant", "/me/"),
        ("lapsed", "/members/renew/"),
        ("head_office", "/staff/"),
        ("treasurer", "/staff/"),
        ("editor", "/staff/"),
        ("auditor", "/staff/"),
    ],
)
@pytest.mark.parametrize(
    ("language", "foreign", "allowed"), [("en", HANGUL, set()), ("ko", WORD, KOREAN_USES)]
)
def test_no_other_language_is_left(enter, world, who, start, language, foreign, allowed):
    person = enter(who, language=language)
    found = {
        address: words
        for address, text in walk(person, start)
        if (words := leftovers(text, world, foreign, allowed))
    }
    assert not found, "\n".join(f"{address}: {sorted(words)}" for address, words in found.items())
