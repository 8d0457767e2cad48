"""Answers of everybody are erased so many days after their event, as was decided."""

from datetime import timedelta

from events import actions
from events.actions import Attendee
from events.models import FormAnswer, FormQuestion, KeepingRule, PlaceRequest, WaitlistEntry
from kosna.audit.models import Entry
from kosna.core import clock
from tests import factories


def test_answers_go_with_time_and_names_stay(cast, monkeypatch):
    event, other = factories.make_event("past"), factories.make_event("later")
    for each in (event, other):
        question = FormQuestion.objects.create(event=each, text_ko="식사")
        me = Attendee("회원", "me@example.test", is_buyer=True, answers={question.pk: "채식"})
        order = actions.register(
            ticket=factories.make_ticket(each), attendees=[me], by=cast.regular,
            answers={},
        )  # fmt: skip
        full = factories.make_ticket(each, capacity=1, needs_approval=True)
        PlaceRequest.objects.create(
            event=each, ticket=full, user=cast.account,
            places=[{"name": "x", "answers": {str(question.pk): "한식"}}],
        )  # fmt: skip
        entry = WaitlistEntry.objects.create(
            event=each, ticket=full, user=cast.account, status="left", ended_at=clock.now(),
            answers={str(question.pk): "x"},
        )  # fmt: skip
        entry.places.create(name="회원", answers={str(question.pk): "한식"})
    other.ends_at += timedelta(days=400)
    other.save()
    actions.decide_keeping(days=10, reason="이사회", by=cast.head_office)

    def at(days: int) -> int:
        now = event.ends_at + timedelta(days=days)
        monkeypatch.setattr(clock, "now", lambda: now)
        return actions.erase_people()

    assert at(9) == 0
    assert at(11) == 4
    assert at(11) == 0  # safe to run twice
    assert FormAnswer.objects.get().question.event == other
    assert PlaceRequest.objects.get(event=event).places == [{"name": "x", "answers": {}}]
    assert WaitlistEntry.objects.get(event=event).places.get().answers == {}
    assert order.lines.get().registration.name == "회원"
    assert Entry.objects.filter(verb="events.erase_answers").count() == 1


def test_what_nobody_has_decided_is_a_quarter(db):
    assert KeepingRule.objects.in_force().days == 90


def test_the_head_office_decides_on_its_page(cast, login):
    client = login("head_office")
    assert client.post("/staff/answers/", {"days": 30, "reason": "이사회"}).status_code == 302
    assert KeepingRule.objects.in_force().days == 30
    assert "30" in client.get("/staff/answers/").content.decode()
    assert client.post("/staff/answers/", {"days": "", "reason": ""}).status_code == 422
