"""Every list takes as many statements for three rows as for one. Most are counted where they are
tested; the rest is counted here. No address without a parameter can be forgotten; of the others
those are counted that somebody thought of."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from events import actions
from events.actions import publish_programme
from events.models import (
    Booth,
    BoothBooking,
    Call,
    Event,
    FormQuestion,
    KeepingRule,
    PlaceRequest,
    Proposal,
    Registration,
    Review,
    Session,
    Speaker,
    Track,
    WaitlistEntry,
)
from kosna.accounts.models import Policy, User
from kosna.audit import actions as audit
from kosna.branches.models import Appointment, Branch
from kosna.core import clock
from kosna.documents.models import Document
from kosna.payments.models import BankAccount, MoneyRule, Order, OrderLine, Payment, Refund
from kosna.routes import routes
from members.actions import assess
from members.models import Application, Assessment, Inspection, Member, Tier
from research.actions.library import keep_authors
from research.models import Download, Report
from tests import factories
from tests.conftest import Cast
from tests.members.assembly import prepared
from tests.members.conftest import make_application
from tests.members.test_desk import queries_of

pytestmark = pytest.mark.django_db

# Counted here: the address, and whose it is.
HERE = {
    "/": "regular",
    "/members/": "visitor",
    "/members/renew/": "company_rep",
    "/events/calendar.ics": "visitor",
    "/events/busan-seminar/": "regular",
    "/events/busan-seminar/programme/": "regular",
    "/events/busan-seminar/proposals/": "regular",
    "/events/busan-seminar/reviews/": "associate",
    "/events/busan-seminar/programme/changes/": "visitor",
    "/events/busan-seminar/programme.ics": "visitor",
    "/events/busan-seminar/register/": "regular",
    "/events/busan-seminar/register/list/": "regular",
    "/research/market/": "regular",
    "/research/feed/": "visitor",
    "/sitemap.xml": "visitor",
    "/research/authors/김서연/": "regular",
    "/staff/reports/authors/": "editor",
    "/me/orders/": "regular",
    "/me/tickets/": "regular",
    "/me/booths/": "regular",
    "/me/teaching/": "regular",
    "/staff/events/busan-seminar/instructors/": "head_office",
    "/events/busan-seminar/exhibitors/": "regular",
    "/staff/events/busan-seminar/exhibitors/": "head_office",
    "/events/busan-seminar/booths/": "regular",
    "/events/busan-seminar/booths/any/S/": "regular",
    "/events/busan-seminar/waiting/guest/": "visitor",
    "/staff/events/busan-seminar/booths/": "head_office",
    "/staff/events/busan-seminar/booths/B1/": "head_office",
    "/staff/events/busan-seminar/booth-types/": "head_office",
    "/me/downloads/": "regular",
    "/me/looks/": "regular",
    "/me/register/": "regular",
    "/me/card/": "regular",
    "/accounts/consents/": "regular",
    "/staff/": "head_office",
    "/staff/search/?q=regular": "head_office",
    "/staff/meetings/": "head_office",
    "/staff/dues/assessments/": "head_office",
    "/staff/dues/notices/": "head_office",
    "/me/tier/": "regular",
    "/staff/tiers/": "head_office",
    "/staff/tiers/rights/": "head_office",
    "/staff/tiers/regular/": "head_office",
    "/staff/branches/busan/": "head_office",
    "/staff/events/busan-seminar/tickets/": "head_office",
    "/staff/events/busan-seminar/quotas/": "head_office",
    "/staff/events/busan-seminar/add-ons/": "head_office",
    "/staff/events/busan-seminar/programme/": "head_office",
    "/staff/events/busan-seminar/programme/rooms/": "head_office",
    "/staff/events/busan-seminar/programme/sessions/new/": "head_office",
    "/staff/events/busan-seminar/speakers/": "head_office",
    "/staff/events/busan-seminar/questions/": "head_office",
    "/staff/events/busan-seminar/answers/": "head_office",
    "/staff/events/busan-seminar/requests/": "head_office",
    "/events/busan-seminar/requested/": "regular",
    "/staff/events/busan-seminar/proposals/": "head_office",
    "/staff/events/busan-seminar/proposals/1/": "head_office",
    "/staff/deposits/accounts/": "treasurer",
    "/staff/answers/": "head_office",
    "/staff/payment-rules/": "treasurer",
    "/staff/checkin/busan-seminar/?q=regular": "doorkeeper",
}
# Addresses without a parameter that are counted where they are tested.
ELSEWHERE = {
    "/branches/", "/community/", "/community/contributors/", "/staff/community/",
    "/staff/community/contributors/", "/staff/community/reports/",
    "/members/directory/", "/me/directory/", "/me/introductions/", "/staff/directory/",
    "/staff/directory/reports/",
    "/events/", "/me/", "/me/certificates/", "/me/company/", "/me/data/",
    "/me/documents/",
    "/door/roster/", "/events/archive/", "/me/history/", "/me/meetings/", "/programmes/partners/",
    "/programmes/projects/", "/me/projects/", "/staff/projects/",
    "/programmes/consulting/", "/me/consulting/", "/me/consulting/new/", "/me/consulting/assigned/",
    "/staff/consulting/", "/staff/consulting/consultants/", "/staff/consulting/rounds/",
    "/staff/consulting/figures/",
    "/research/",
    "/research/saved/", "/research/suggest/",
    "/research/statistics/", "/research/statistics/compare/", "/research/statistics/industry/",
    "/staff/statistics/",
    "/staff/applications/", "/staff/audit/",
    "/api/v1/events", "/api/v1/reports", "/api/v1/statistics", "/staff/api-keys/",
    "/staff/batches/", "/staff/branches/", "/staff/company-changes/", "/staff/deposits/",
    "/staff/deposits/files/", "/staff/deposits/orders/", "/staff/deposits/outgoing/",
    "/staff/documents/", "/staff/downloads/", "/staff/dues/",
    "/staff/events/", "/staff/holidays/", "/staff/imports/", "/staff/ledger/", "/staff/mail/",
    "/staff/members/", "/staff/deposits/noted/", "/staff/money-tasks/", "/staff/notices/",
    "/staff/orders/", "/staff/partners/", "/staff/proofs/",
    "/staff/proofs/unasked/", "/staff/proposals/", "/staff/provider-events/",
    "/staff/reconciliation/", "/staff/refunds/", "/staff/refunds/transfers/", "/staff/register/",
    "/staff/register/requests/",
    "/staff/removals/", "/staff/removals/forfeitures/", "/staff/removals/forfeitures/decide/",
    "/staff/reports/", "/staff/reports/as/", "/staff/reports/figures/", "/staff/settlements/",
    "/staff/statistics/figures/", "/staff/destruction/", "/staff/closed-accounts/",
    "/staff/settlements/adjustments/", "/staff/terms/", "/staff/tills/",
    "/staff/tier-changes/", "/staff/tiers/shares/", "/staff/transfers/", "/staff/treasury/",
}  # fmt: skip
# Forms, texts and files: no rows.
NO_LIST = {
    "/api/v1/", "/api/v1/openapi.json",
    # nothing is chosen there
    "/research/statistics/compare.csv", "/research/statistics/compare.json",
    "/research/statistics/compare.svg", "/research/statistics/compare.xlsx",
    "/about/", "/about/privacy/", "/about/terms/", "/accounts/link/", "/accounts/profile/",
    "/door/", "/door/app.webmanifest", "/door/kiosk/", "/door/worker.js",
    "/healthz", "/me/data/confirm/", "/me/leave/", "/me/leave/confirm/", "/me/directory/preview/",
    "/staff/destruction/schedule/", "/me/transfer/", "/members/apply/", "/members/card.pdf",
    "/members/claim/", "/readyz", "/robots.txt", "/staff/branches/new/",
    "/staff/documents/batch/", "/staff/events/new/", "/staff/meetings/new/", "/staff/notices/new/",
    "/staff/partners/new/", "/community/contributors/mine/", "/community/exchange/new/",
    "/community/weekly/", "/staff/community/new/",
    "/staff/projects/new/",
    "/staff/consulting/consultants/new/", "/staff/consulting/rounds/new/",
    "/staff/downloads/trace/", "/staff/proofs/results/", "/staff/register/requests/new/",
    "/staff/reports/caps/", "/staff/reports/new/", "/staff/statistics/new/",
    "/staff/settlements/adjustments/new/", "/staff/tiers/calendars/new/",
    "/staff/tiers/shares/new/",
    "/research/saved/new/", "/staff/tiers/new/", "/staff/view-as/", "/verify/",
}  # fmt: skip


def test_no_address_is_forgotten() -> None:
    ours = {
        route.pattern
        for route in routes()
        if "GET" in route.methods
        and "<" not in route.pattern
        and route.view.split(".")[0] in ("kosna", "members", "events", "research")
        and route.access != "superuser"
    }
    here = {address.partition("?")[0] for address in HERE}
    counted = [here & ours, ELSEWHERE, NO_LIST]
    assert set().union(*counted) == ours - {"/staff/components/"}
    assert sum(map(len, counted)) == len(ours - {"/staff/components/"})


class Stock:
    """One more of everything that the lists show."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.count = cast, 0
        self.event = factories.make_event("busan-seminar", branch=cast.busan)
        keep_authors(factories.make_report("market", authors_ko="김서연"))

    def one_more(self) -> None:
        self.count += 1
        cast, n = self.cast, self.count
        self.programme()
        self.exhibit()
        self.sell(self.event, factories.make_user(f"regular 손님 {n}"))
        self.sell(factories.make_event(branch=cast.busan), cast.regular)
        self.wait(factories.make_event(branch=cast.busan), cast.regular)
        factories.make_quota(self.event, factories.make_ticket(self.event))
        factories.make_addon(self.event, name_ko=f"만찬 {n}")
        for user, status in ((factories.make_user(), "asked"), (cast.regular, "declined")):
            PlaceRequest.objects.create(
                event=self.event, ticket=self.event.tickets.first(), user=user, status=status,
                places=[{"name": "regular", "answers": {}}],
                **({} if status == "asked" else {"decided_at": clock.now(), "decided_by": user}),
            )  # fmt: skip
        factories.make_tier(f"tier{n}")
        factories.make_branch(f"extra{n}")
        prepared(cast.head_office, title_ko=f"{n}차 총회")
        Assessment.objects.create(year=2020 + n, branch=cast.busan, started_by=cast.head_office)
        factories.make_member(
            factories.make_user(f"regular {n}"), tier=cast.regular_tier, branch=cast.busan,
            paid_until=None,
        )  # fmt: skip
        BankAccount.objects.create(branch=cast.busan, name=f"{n}", bank="은행", number=f"{n}")
        KeepingRule.objects.create(reason=f"{n}", decided_by=cast.head_office)
        MoneyRule.objects.create(late_money="ask", reason=f"{n}", decided_by=cast.treasurer)
        assess(year=clock.today().year, branch=cast.busan, by=cast.head_office)
        Inspection.objects.create(
            number=f"2026-9{n:03}", branch=cast.hq, requester=cast.regular, name="regular",
            email="x@example.test", purpose="x", entered_by=cast.regular,
            status=Inspection.Status.WITHDRAWN,
        )  # fmt: skip
        policy = Policy.objects.create(
            kind=Policy.Kind.MARKETING_SMS, version=f"{n}", effective_on=clock.today(),
            text_ko="문안", text_en="Text",
        )  # fmt: skip
        cast.regular.consents.create(policy=policy, text_hash="0" * 64, given_at=clock.now())
        entry = audit.record("privacy.view", cast.regular_member, by=cast.officer)
        entry.looks.create(user_id=cast.regular.pk)
        report = factories.make_report(tiers=(cast.regular_tier,), authors_ko=f"김서연, 저자 {n}")
        keep_authors(report)
        Download.objects.create(
            report=report, user=cast.regular, name="regular", original_sha256="0" * 64
        )
        for branch, public in ((cast.busan, True), (cast.hq, False)):
            Appointment.objects.create(
                user=factories.make_user(f"임원 {n}"), branch=branch, is_public=public,
                role=Appointment.Role.BRANCH_OFFICER, valid_from=clock.today(),
            )  # fmt: skip
        applicant = factories.make_user(f"regular 지원자 {n}")
        make_application(applicant, cast.regular_tier, cast.busan, submitted=True)

    def sell(self, event: Event, user: User) -> None:
        """A paid place, with a refund asked for and a receipt."""
        cast, now = self.cast, clock.now()
        order = Order.objects.create(
            payable="events.registration", title_ko="세미나", user=user, buyer_name="regular",
            branch=cast.busan, total=55_000, status=Order.Status.PAID,
            expires_at=now, release_at=now, paid_at=now,
        )  # fmt: skip
        line = OrderLine.objects.create(
            order=order, kind="ticket", title_ko="입장권", amount=55_000, vat_class="exempt"
        )
        prices = {None: 55_000, cast.regular_tier: 33_000}
        ticket = factories.make_ticket(event, prices=prices, taken=1)
        Registration.objects.create(
            event=event, ticket=ticket, line=line, name="regular", user=user,
            status=Registration.Status.CONFIRMED, confirmed_at=now,
        )  # fmt: skip
        payment = Payment.objects.create(
            order=order, provider="bank", reference=order.code, method="bank_transfer",
            amount=55_000, received_at=now,
        )  # fmt: skip
        factories.book(payment)
        Refund.objects.create(order=order, payment=payment, amount=1_000, reason="x")
        Document.objects.create(
            kind=Document.Kind.RECEIPT, year=2026, number=order.pk, key=f"receipt:{order.pk}:0",
            subject=user, branch=cast.busan, language="ko", facts={},
        )  # fmt: skip

    def wait(self, event: Event, user: User) -> None:
        ticket = factories.make_ticket(event, capacity=0, awaited=1)
        entry = WaitlistEntry.objects.create(event=event, ticket=ticket, user=user)
        entry.places.create(name="regular", is_buyer=True)

    def exhibit(self) -> None:
        """One more booth that somebody has."""
        booth = factories.make_booth(self.event, f"B{self.count}")
        actions.book_booth(
            Booth.objects.select_related("event__branch", "booth_type").get(pk=booth.pk),
            company=actions.Company(self.cast.regular, None, f"㈜{self.count}"),
            by=self.cast.regular,
        )
        BoothBooking.objects.update(status=BoothBooking.Status.CONFIRMED)
        actions.appoint_instructor(
            self.event, user=factories.make_user(f"강사 {self.count}"), by=self.cast.officer
        )
        taught = factories.make_event(branch=self.cast.busan)
        actions.appoint_instructor(taught, user=self.cast.regular, by=self.cast.officer)

    def programme(self) -> None:
        """One session published, and one that waits in the draft."""
        event, n = self.event, self.count
        speaker = Speaker.objects.create(event=event, name_ko=f"연사 {n}", user=self.cast.regular)
        facts = {
            "room": event.rooms.create(name_ko=f"{n}실"),
            "track": event.tracks.create(name_ko=f"갈래 {n}"),
            "speakers": [speaker],
        }
        factories.make_draft(event, hours=n / 10, **facts)
        publish_programme(event, by=None)
        factories.make_draft(event, hours=n / 10 + 2, **facts)
        FormQuestion.objects.create(event=event, text_ko=f"{n}번", kind="yes_no")
        self.propose(facts["track"])

    def propose(self, track: Track) -> None:
        """One more proposal, with one more opinion of the first."""
        cast, n = self.cast, self.count
        call = Call.objects.filter(event=self.event).first() or factories.make_call(
            self.event, reviewers=[cast.associate]
        )
        call.proposals.create(
            pk=n, user=cast.regular, title_ko=f"제안 {n}", abstract_ko="요약", track=track
        )
        reviewer = factories.make_user(f"심사 {n}")
        Review.objects.create(proposal_id=1, reviewer=reviewer, score=4, comment="좋습니다")


def test_each_list_takes_as_many_statements_for_one_row_as_for_three(
    cast: Cast, login: Callable[[str], Client]
) -> None:
    stock = Stock(cast)
    clients: dict[str, Any] = {who: login(who) for who in set(HERE.values())}

    def counted() -> dict[str, int]:
        return {address: queries_of(clients[who], address) for address, who in HERE.items()}

    stock.one_more()
    one = counted()
    stock.one_more()
    stock.one_more()

    assert counted() == one
    assert max(one.values()) <= 45


NAME = "<script>alert(1)</script>{{ 7|add:7 }}"


def test_a_name_is_text_wherever_it_is_listed(cast: Cast, login: Callable[[str], Client]) -> None:
    Stock(cast).one_more()
    for model, column in (
        (User, "name"), (Member, "name"), (Application, "name"), (Registration, "name"),
        (Order, "buyer_name"), (Event, "title_ko"), (Tier, "name_ko"), (Branch, "name_ko"),
        (Report, "title_ko"), (Session, "title_ko"), (Speaker, "name_ko"),
        (Proposal, "title_ko"), (Track, "name_ko"),
    ):  # fmt: skip
        model._default_manager.update(**{column: NAME})
    told = 0
    for address in (*HERE, *sorted(ELSEWHERE)):
        who = HERE.get(address) or ("head_office" if "/staff/" in address else "regular")
        page = login(who).get(address)
        if page.status_code == 200 and page["Content-Type"].startswith("text/html"):
            text = page.content.decode()
            assert "<script>alert(1)" not in text, address
            told += "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7|add:7 }}" in text
    assert told > 40
