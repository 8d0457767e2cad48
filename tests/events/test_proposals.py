"""A call for proposals: handed in by anybody with an account, judged by those appointed."""

from datetime import timedelta

import pytest
from django.urls import reverse

from events.actions import (
    accept_proposal,
    change_proposal,
    decline_proposal,
    propose,
    publish_programme,
    remind_reviewers,
    review,
    withdraw_proposal,
)
from events.models import Call, DraftSession, Proposal
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post
from kosna.mail.models import Message
from tests import factories

TYPED = {"title_ko": "골목의 말", "abstract_ko": "석 달 동안 모은 자료입니다.", "minutes": 30}


@pytest.fixture
def event(cast):
    starts_at = clock.start_of(clock.today() + timedelta(days=60)) + timedelta(hours=10)
    return factories.make_event("forum", branch=cast.busan, starts_at=starts_at)


@pytest.fixture
def call(cast, event):
    return factories.make_call(event, reviewers=[cast.associate, cast.regular])


def address(name: str, *args) -> str:
    return reverse(f"events:{name}", args=["forum", *args])


def shown(page) -> str:
    return page.content.decode()


def test_from_handing_in_to_the_programme(cast, login, event, call):
    """The whole way over HTTP, with a reviewer who has handed something in as well."""
    cast.account.language = "en"
    cast.account.save()
    speaker, staff = login("account"), login("officer")
    assert address("proposals") in shown(login("visitor").get(event.get_absolute_url()))
    empty = speaker.post(address("proposal-new"), {"title_ko": "골목의 말"})
    assert empty.status_code == 422 and 'value="골목의 말"' in shown(empty)
    assert speaker.post(address("proposal-new"), TYPED).status_code == 302
    login("regular").post(address("proposal-new"), {**TYPED, "title_ko": "내 이야기"})
    first, own = Proposal.objects.all()
    changed = {**TYPED, "title_en": "A street speaks"}
    assert speaker.post(address("proposal", first.pk), changed).status_code == 302

    # Names are not shown, and nobody finds their own among them.
    page = shown(login("regular").get(address("reviews")))
    assert "골목의 말" in page and "내 이야기" not in page
    assert cast.account.email not in shown(login("regular").get(address("review", first.pk)))
    assert login("regular").get(address("review", own.pk)).status_code == 404
    assert login("account").get(address("reviews")).status_code == 404
    for who, score in (("regular", 4), ("associate", 5)):
        answer = login(who).post(address("review", first.pk), {"score": score, "comment": "좋음"})
        assert answer.status_code == 302
    assert login("associate").post(address("review", own.pk), {"score": 9}).status_code == 422
    login("associate").post(address("review", own.pk), {"score": 2})

    ranked = staff.get(reverse("events_staff:proposals", args=["forum"])).context["page"]
    assert [(row.title_ko, row.score, row.opinions) for row in ranked] == [
        ("골목의 말", 4.5, 2), ("내 이야기", 2.0, 1),
    ]  # fmt: skip
    detail = shown(staff.get(reverse("events_staff:proposal", args=["forum", first.pk])))
    assert "associate" in detail and cast.account.email in detail
    accept, decline = (f"events_staff:proposal-{deed}" for deed in ("accept", "decline"))
    staff.post(reverse(accept, args=["forum", first.pk]), {"answer": "오후에 모십니다."})
    staff.post(reverse(decline, args=["forum", own.pk]), {"answer": "다음에 부탁드립니다."})
    told = {mail.template: post.render(mail) for mail in Message.objects.exclude(template="")}
    assert told["proposal_accepted"][0] == "[KOSNA] Your proposal is accepted: A street speaks"
    assert "오후에 모십니다." in told["proposal_accepted"][1]
    assert "다음에 부탁드립니다." in told["proposal_declined"][1]

    # A session of the draft, which is published once it has a time.
    draft = DraftSession.objects.get()
    assert (draft.starts_at, draft.title_en) == (None, "A street speaks")
    with pytest.raises(Refused):
        publish_programme(event, by=cast.officer)
    edit = reverse("events_staff:session-edit", args=["forum", draft.pk])
    start = event.starts_at.astimezone(clock.KST)
    typed = {
        "title_ko": draft.title_ko, "starts_at": f"{start:%Y-%m-%dT%H:%M}",
        "speakers": [draft.speakers.get().pk],
    }  # fmt: skip
    assert set(staff.post(edit, typed).context["form"].errors) == {"ends_at"}
    typed["ends_at"] = f"{start + timedelta(minutes=30):%Y-%m-%dT%H:%M}"
    assert staff.post(edit, typed).status_code == 302
    publish_programme(event, by=cast.officer)
    assert event.sessions.get().speakers.get().user == cast.account


def test_only_while_the_call_is_open(cast, login, event, call):
    proposal = propose(call, by=cast.account, **TYPED)
    for opens, closes in ((1, 2), (-2, -1)):
        now = clock.now()
        Call.objects.update(
            opens_at=now + timedelta(days=opens), closes_at=now + timedelta(days=closes)
        )
        call.refresh_from_db()
        with pytest.raises(Refused):
            propose(call, by=cast.account, **TYPED)
        with pytest.raises(Refused):
            change_proposal(proposal, by=cast.account, title_ko="다른 제목")
        assert login("account").post(address("proposal-new"), TYPED).status_code == 422
    withdraw_proposal(proposal, by=cast.account)  # that, until it is decided
    with pytest.raises(Refused):
        accept_proposal(proposal, answer="", by=cast.officer)


def test_the_page_of_the_event_says_that_a_call_is_closed(login, event, call, monkeypatch):
    visitor, url = login("visitor"), event.get_absolute_url()
    assert shown(visitor.get(url)).count("모집이 끝났습니다") == 0
    later = call.closes_at + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert shown(visitor.get(url)).count("모집이 끝났습니다") == 1
    assert "모집이 끝났습니다" in shown(login("regular").get(address("proposals")))


def test_nobody_judges_their_own(cast, call):
    for who in (cast.regular, cast.officer):
        proposal = propose(call, by=who, **TYPED)
        with pytest.raises(Refused):
            review(proposal, score=5, comment="", by=who)
        for decide in (accept_proposal, decline_proposal):
            with pytest.raises(Refused):
                decide(proposal, answer="", by=who)
        proposal.refresh_from_db()
        assert proposal.status == Proposal.Status.SUBMITTED
    with pytest.raises(Refused):
        review(proposal, score=5, comment="", by=cast.account)  # not appointed


def test_an_opinion_may_change_until_it_is_decided(cast, call):
    proposal = propose(call, by=cast.account, **TYPED)
    for score in (2, 4):
        review(proposal, score=score, comment="", by=cast.associate)
    assert [row.score for row in proposal.reviews.all()] == [4]
    decline_proposal(proposal, answer="", by=cast.officer)
    for late in (
        lambda: review(proposal, score=1, comment="", by=cast.associate),
        lambda: change_proposal(proposal, by=cast.account, title_ko="x"),
        lambda: withdraw_proposal(proposal, by=cast.account),
        lambda: accept_proposal(proposal, answer="", by=cast.officer),
    ):
        with pytest.raises(Refused):
            late()


def test_two_accepted_proposals_are_one_speaker(cast, event, call):
    for title in ("하나", "둘"):
        proposal = propose(call, by=cast.account, **{**TYPED, "title_ko": title})
        accept_proposal(proposal, answer="", by=cast.officer)
    assert event.speakers.get().user == cast.account
    assert event.drafts.count() == 2


def test_five_at_a_time(cast, call):
    for _n in range(5):
        last = propose(call, by=cast.account, **TYPED)
    with pytest.raises(Refused):
        propose(call, by=cast.account, **TYPED)
    withdraw_proposal(last, by=cast.account)
    propose(call, by=cast.account, **TYPED)


def test_the_organiser_says_until_when_and_who_reviews(cast, login, event):
    staff, url = login("officer"), reverse("events_staff:call", args=["forum"])
    typed = {
        "opens_at": "2026-11-01T10:00", "closes_at": "2026-10-01T10:00", "text_ko": "제안 받습니다",
        "reviewers": f"{cast.associate.email}\nnobody@example.test",
    }  # fmt: skip
    refused = staff.post(url, typed)
    assert set(refused.context["form"].errors) == {"closes_at", "reviewers"}
    assert "nobody@example.test" in str(refused.context["form"].errors["reviewers"])
    typed |= {"closes_at": "2026-12-01T10:00", "reviewers": cast.associate.email.upper()}
    assert staff.post(url, typed).status_code == 302
    assert list(Call.objects.get().reviewers.all()) == [cast.associate]
    assert cast.associate.email in shown(staff.get(url))


def test_reviewers_hear_once_of_what_waits_for_them(cast, event, call):
    def told() -> dict[str, list[str]]:
        mails = Message.objects.filter(template="proposals_waiting").order_by("pk")
        return {mail.to: mail.context["titles"] for mail in mails}

    assert remind_reviewers() == 0
    first = propose(call, by=cast.account, **TYPED)
    propose(call, by=cast.regular, **{**TYPED, "title_ko": "내 이야기"})
    assert (remind_reviewers(), remind_reviewers()) == (2, 2)
    assert told() == {
        cast.associate.email: ["골목의 말", "내 이야기"],
        cast.regular.email: ["골목의 말"],
    }
    assert Message.objects.filter(template="proposals_waiting").count() == 2
    review(first, score=3, comment="", by=cast.regular)
    assert remind_reviewers() == 1
    propose(call, by=cast.account, **{**TYPED, "title_ko": "셋째"})
    remind_reviewers()
    assert told()[cast.regular.email] == ["셋째"]
    event.status = "cancelled"
    event.save()
    assert remind_reviewers() == 0


def test_one_account_speaks_once_and_where_it_stands_twice_the_first_is_taken(
    cast, login, event, call
):
    first = event.speakers.create(user=cast.account, name_ko="처음")
    url = reverse("events_staff:speaker-new", args=["forum"])
    typed = {"name_ko": "두번째", "account": cast.account.email}
    refused = login("officer").post(url, typed)
    assert refused.status_code == 422 and "처음" in str(refused.context["form"].errors)
    edit = reverse("events_staff:speaker-edit", args=["forum", first.pk])
    assert login("officer").post(edit, {**typed, "name_ko": "그대로"}).status_code == 302
    event.speakers.create(user=cast.account, name_ko="예전 자료")
    proposal = propose(call, by=cast.account, **TYPED)
    draft = accept_proposal(proposal, answer="", by=cast.officer)
    assert draft.speakers.get() == first
