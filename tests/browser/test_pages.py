"""The main pages in English, with something on each, at every width and in both schemes."""

from datetime import timedelta

import pytest

from kosna.core.tokens import fingerprint
from kosna.core.uploads import Checked
from kosna.payments import actions as payments
from members import actions as members
from members.community.models import Board, Contributor, Post
from members.models import Application, Invitation, Member, Organisation
from research import actions as research
from research.models import Report
from tests import factories
from tests.flows.test_story import APPLICANT
from tests.members.community.boards import make_abuse, make_comment, make_exchange, make_post
from tests.members.directory.entries import make_entry, make_request
from tests.members.programmes.partners import make_partner
from tests.payments import shop

PAGES = {
    "": [
        "/",
        "/about/",
        "/about/privacy/",
        "/branches/",
        "/branches/busan/",
        "/members/",
        "/events/",
        "/research/",
        "/programmes/partners/",
        "/programmes/consulting/",
        "/programmes/projects/",
    ],
    "regular": [
        "/me/",
        "/me/card/",
        "/me/orders/",
        "/me/tickets/",
        "/me/certificates/",
        "/me/documents/",
        "/me/history/",
        "/me/data/",
        "/me/leave/",
        "/members/renew/",
        "/members/directory/",
        "/me/directory/",
        "/me/introductions/",
        "/community/weekly/",
    ],
    "account": [
        "/community/weekly/",
        "/accounts/consents/",
        "/accounts/profile/",
        "/accounts/email/",
    ],
    "applicant": ["/members/apply/2026-0001/"],
    "officer": [
        "/staff/",
        "/staff/applications/2026-0001/",
        "/staff/members/",
        "/staff/events/",
        "/staff/partners/",
        "/staff/partners/new/",
        "/staff/directory/",
    ],
    "company_rep": ["/me/company/", "/me/certificates/"],
    "company_seat": ["/me/company/"],
    "head_office": [
        "/staff/company-changes/",
        "/staff/branches/",
        "/staff/branches/busan/",
        "/staff/destruction/",
        "/staff/destruction/schedule/",
        "/staff/events/conference/edit/",
        "/staff/events/conference/attendance/",
        "/staff/events/conference/materials/",
        "/staff/events/conference/numbers/",
        "/staff/events/conference/survey/",
        "/staff/events/conference/survey/results/",
    ],
    "treasurer": ["/staff/orders/", "/staff/deposits/", "/staff/money-tasks/"],
    "editor": ["/staff/reports/", "/staff/reports/new/"],
    "auditor": ["/staff/audit/", "/staff/mail/"],
}


# What people typed in Korean stays as it is.
TYPED = (*(text for text in APPLICANT.values() if isinstance(text, str)), "컨퍼런스")


@pytest.fixture
def world(people) -> None:
    factories.make_ticket(factories.make_event("conference"))
    factories.make_report("trends", tiers=(people.regular_tier,))
    make_partner(people.busan, by=people.officer, name_en="Nuri", about_en="Courses")
    Application.objects.create(
        applicant=people.applicant,
        tier=people.regular_tier,
        branch=people.busan,
        number="2026-0001",
        status=Application.Status.SUBMITTED,
        submitted_at=factories.clock.now(),
        **APPLICANT | {"phone": "+821012345678"},
    )
    company, runner = people.company, people.company_rep
    Member.objects.filter(pk=company.pk).update(name="Gaon Social Lab")
    Organisation.objects.update(name="Gaon Social Lab", representative="Oh Se-rin")
    members.invite(company, name="Moon Bo-ra", email="moon@example.test", by=runner)
    members.request_change(
        company,
        name="Gaon Lab",
        business_number=company.organisation.business_number,
        representative="Oh Se-rin",
        note="Registered on 2026-11-02",
        by=runner,
    )
    company.refresh_from_db()  # the record names it as it is called now
    entry = make_entry(people.regular_member, headline="Looking for partners", topics=["art"])
    make_request(entry, make_entry(company, headline="Data"), by=people.regular)
    order = shop.order_of(people.regular, people.busan)
    payments.choose_bank_transfer(order, by=people.regular)


@pytest.mark.parametrize("who", PAGES)
def test_pages_in_english(enter, world, who):
    tab = enter(who, language="en", typed=TYPED)
    for address in PAGES[who]:
        tab.open(address).look()
        assert tab.page.locator("html").get_attribute("lang") == "en"


def test_pages_of_a_company_in_english(enter, world, people):
    company = f"/me/company/{people.company.pk}/"
    runner = enter("company_rep", language="en")
    for address in (f"{company}facts/", f"{company}change/", f"{company}invite-many/"):
        runner.open(address).look()
    enter("head_office", language="en").open(f"/staff/members/{people.company.pk}/company/").look()
    Invitation.objects.update(fingerprint=fingerprint("known"))
    for who in ("", "account"):
        enter(who, language="en").open("/members/invitations/known/").look()


def test_pages_of_the_community_in_english(enter, world, people):
    words = {"title_en": "News", "body_en": "Text", "title_ko": "News", "body_ko": "Text"}
    posts = {
        board: make_post(people.hq, by=people.head_office, board=board, **words) for board in Board
    }
    thread = make_exchange(people.busan, by=people.regular, **words)
    comment = make_comment(thread, by=people.company_seat, body="Advertising")
    report = make_abuse(thread, by=people.regular, comment=comment)
    Post.objects.update(outlet_en="Daily")
    Contributor.objects.create(user=people.regular, agreed_at=factories.clock.now())
    visitor, member = enter("", language="en"), enter("regular", language="en")
    for board, post in posts.items():
        visitor.open(board.get_absolute_url()).look()
        if not board.is_members:
            visitor.open(post.get_absolute_url()).look()
    visitor.open("/community/").look().open("/community/contributors/").look()
    for address in ("", "new/", f"{thread.pk}/", f"{thread.pk}/edit/"):
        member.open(f"/community/exchange/{address}").look()
    member.open("/community/contributors/mine/").look()
    member.open(f"/community/comments/{comment.pk}/report/").look()
    desk = enter("head_office", language="en")
    for address in ("", "new/", "new/press/", f"{thread.pk}/", f"{posts[Board.FAQ].pk}/"):
        desk.open(f"/staff/community/{address}").look()
    for address in ("reports/", f"reports/{report.pk}/", "contributors/"):
        desk.open(f"/staff/community/{address}").look()


def test_desk_of_the_library_in_english(enter, world, people):
    report = Report.objects.get()
    Report.objects.update(authors_en="Kim Seo-yeon")
    upload = Checked("pdf", factories.make_pdf(2), "r.pdf", pages=2)
    research.prepare_edition(report, label="2.0", upload=upload, note_ko="x", by=people.editor)
    until = factories.clock.now() + timedelta(days=1)
    research.let_in(report, people.account, until=until, reason="Press", by=people.editor)
    series = factories.make_series(
        "usage", tiers=(people.regular_tier,), audience="detail", by_region=True
    )
    tab, who = enter("head_office", language="en"), "access/?who=lapsed@example.test"
    for page in ("", "editions/", who, "as/"):
        tab.open(f"/staff/reports/{report.pk}/{page}").look()
    tab.open(f"/staff/statistics/{series.pk}/{who}").look()
    tab.open("/staff/reports/figures/").look().open("/staff/statistics/figures/").look()
    enter("account", language="en").open("/me/downloads/").look()


def test_what_was_typed_is_not_left_without_a_question(enter, world):
    """By another language, say. Sending the form asks nothing."""
    tab = enter("editor").open("/staff/reports/new/")
    asked = []
    title, switch = (
        tab.page.locator("[name=title_ko]"),
        tab.page.get_by_role("button", name="English"),
    )
    abstract = tab.page.locator("[name=abstract_ko]")

    def answer(stays: bool) -> None:
        def hear(dialog):
            asked.append(dialog.type)
            dialog.dismiss() if stays else dialog.accept()

        tab.page.once("dialog", hear)

    title.click()
    tab.page.keyboard.type("숏폼의 한 해")
    abstract.click()
    tab.page.keyboard.type("요약")
    answer(stays=True)
    switch.click(no_wait_after=True)
    tab.page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    assert (title.input_value(), abstract.input_value()) == ("숏폼의 한 해", "요약")
    form = tab.page.locator("form:has([name=title_ko])")
    form.evaluate("form => { form.noValidate = true }")  # much is missing: the portal refuses it
    tab.press("title_ko")
    assert asked == ["beforeunload"]
    assert title.input_value() == "숏폼의 한 해"
    answer(stays=False)
    with tab.page.expect_navigation():
        switch.click()
    assert asked == ["beforeunload"] * 2
    assert tab.page.locator("html").get_attribute("lang") == "en"
