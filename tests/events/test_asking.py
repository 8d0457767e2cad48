"""The questions of an event: asked where they apply, answered once, retired rather than changed."""

from urllib.parse import urlencode

import pytest
from django.urls import reverse

from events import actions
from events.actions import Attendee
from events.models import Event, FormAnswer, FormQuestion, Registration
from kosna.audit.models import Entry
from tests import factories
from tests.events.test_registering import pay

URL = "/events/conference/register/"


@pytest.fixture
def event(cast) -> Event:
    event = factories.make_event("conference", branch=cast.busan)
    factories.make_ticket(event)
    return event


def ask(event: Event, text: str, kind: str = "text", **facts) -> FormQuestion:
    question = FormQuestion.objects.create(event=event, text_ko=text, kind=kind, **facts)
    actions.touch(event)
    return question


@pytest.fixture
def meal(event) -> FormQuestion:
    return ask(event, "식사", "choice", choices_ko="한식\n채식\n기타", is_required=True)


@pytest.fixture
def what(event, meal) -> FormQuestion:
    return ask(event, "어떤 식사", only_after=meal, only_if=3, is_required=True, sort=1)


@pytest.fixture
def invoice(event) -> FormQuestion:
    return ask(event, "담당 부서", scope="order")


def typed(event: Event, **more: object) -> dict:
    return {"ticket": event.tickets.get().pk, "myself": "on", **more}


def answers() -> set[tuple[int, str, str]]:
    return {
        (row.question_id, row.registration.name if row.registration else "", row.value)
        for row in FormAnswer.objects.select_related("registration")
    }


def test_each_is_asked_and_the_order_once(login, event, meal, what, invoice):
    client = login("regular")
    colleague = {"rows": 2, "name_1": "박서준", "email_1": "friend@x.test"}
    answer = client.post(URL, typed(event, **colleague))
    errors = answer.context["form"].errors
    assert answer.status_code == 422
    assert set(errors) == {f"asked_{meal.pk}_me", f"asked_{meal.pk}_1"}
    answer = client.post(
        URL,
        typed(
            event,
            **colleague,
            **{
                f"asked_{meal.pk}_me": "2",
                f"asked_{what.pk}_me": "이것은 묻지 않았습니다",  # does not apply: not kept
                f"asked_{meal.pk}_1": "3",
                f"asked_{what.pk}_1": "할랄",
                f"asked_{invoice.pk}_order": "기획실",
            },
        ),
    )
    assert answer.status_code == 302
    assert answers() == {
        (meal.pk, "regular", "2"),
        (meal.pk, "박서준", "3"),
        (what.pk, "박서준", "할랄"),
        (invoice.pk, "", "기획실"),
    }


def test_a_question_that_depends_is_needed_only_where_it_applies(login, event, meal, what):
    client = login("regular")
    answer = client.post(URL, typed(event, **{f"asked_{meal.pk}_me": "3"}))
    assert set(answer.context["form"].errors) == {f"asked_{what.pk}_me"}
    assert client.post(URL, typed(event, **{f"asked_{meal.pk}_me": "1"})).status_code == 302


def test_several_choices_and_nothing_that_is_no_choice(login, event):
    days = ask(event, "요일", "several", choices_ko="월\n화\n수")
    client = login("regular")
    name = f"asked_{days.pk}_me"
    assert client.post(URL, typed(event, **{name: ["1", "9"]})).status_code == 422
    assert client.post(URL, typed(event, **{name: ["1", "3"]})).status_code == 302
    assert FormAnswer.objects.get().value == "1,3"
    assert days.told("1,3") == "월, 수"


@pytest.mark.parametrize("url", [URL, "/events/conference/waiting/"])
def test_one_row_more_keeps_all_that_was_ticked(login, event, url):
    days = ask(event, "요일", "several", choices_ko="월\n화\n수")
    if url != URL:
        event.tickets.update(capacity=0)
    name = f"asked_{days.pk}_me"
    page = login("regular").post(url, typed(event, people=2, **{name: ["1", "3"]}))
    ticked = [box.data["value"] for box in page.context["form"][name] if box.data["selected"]]
    assert ticked == ["1", "3"]


def test_a_retired_question_is_asked_no_more(login, event, meal):
    FormQuestion.objects.update(is_retired=True)
    actions.touch(event)
    assert login("regular").post(URL, typed(event)).status_code == 302


def test_places_named_later_are_asked_then_and_whoever_takes_over_anew(cast, login, event, meal):
    client = login("account")
    client.post(URL, typed(event, **{f"asked_{meal.pk}_me": "1", "later": 1}))
    place = Registration.objects.get(name="")
    pay(place.line.order)
    page = reverse("tickets:order-places", args=[place.line.order.code])
    names = {f"name_{place.pk}": "박서준", f"email_{place.pk}": "friend@x.test"}
    answer = client.post(page, names)
    assert set(answer.context["form"].errors) == {f"asked_{meal.pk}_{place.pk}"}
    client.post(page, {**names, f"asked_{meal.pk}_{place.pk}": "2"})
    assert (meal.pk, "박서준", "2") in answers()

    over = reverse("tickets:ticket-hand-over", args=[place.secret])
    theirs = {"name": "최유나", "email": "new@x.test", "confirm": "on"}
    assert client.post(over, theirs).status_code == 422
    assert client.post(over, {**theirs, f"asked_{meal.pk}_them": "3"}).status_code == 302
    assert answers() == {(meal.pk, "account", "1"), (meal.pk, "최유나", "3")}


def row(question: FormQuestion | None = None, **facts: object) -> dict:
    """The staff's form of one question, as their browser sends it."""
    facts = {
        "id": question.pk if question else "",
        "scope": "attendee", "kind": "text", "text_ko": "질문", "sort": 0, **facts,
    }  # fmt: skip
    return {
        "asked-TOTAL_FORMS": 1,
        "asked-INITIAL_FORMS": 1 if question else 0,
        **{f"asked-0-{name}": value for name, value in facts.items()},
    }


def test_what_was_answered_is_retired_not_changed(login, event, meal):
    officer = login("officer")
    url = reverse("events_staff:questions", args=["conference"])
    assert officer.get(url).status_code == 200
    change = row(meal, kind="choice", text_ko="점심", choices_ko="가\n나")
    officer.post(url, change)
    meal.refresh_from_db()
    assert (meal.text_ko, meal.options[0][1]) == ("점심", "가")
    actions.register(
        ticket=event.tickets.get(),
        attendees=[Attendee("a", "a@x.test", answers={meal.pk: "1"})],
        by=login_user(event),
    )
    retired = row(meal, kind="text", text_ko="저녁", is_retired="on", **{"DELETE": "on"})
    officer.post(url, retired)
    meal.refresh_from_db()
    assert (meal.text_ko, meal.kind, meal.is_retired) == ("점심", "choice", True)


def login_user(event: Event):
    return factories.make_user()


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"kind": "choice", "choices_ko": "하나"}, "choices_ko"),
        ({"kind": "choice", "choices_ko": "가\n나", "choices_en": "a"}, "choices_en"),
        ({"only_after": "meal", "only_if": 9, "sort": 5}, "only_if"),
        ({"only_after": "meal", "sort": 5}, "only_if"),
        ({"only_after": "meal", "only_if": 1, "scope": "order", "sort": 5}, "only_after"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_at_its_field(login, event, meal, facts, field):
    facts = {name: meal.pk if value == "meal" else value for name, value in facts.items()}
    answer = login("officer").post(
        reverse("events_staff:questions", args=["conference"]), row(**facts)
    )
    ((_name, formset),) = answer.context["formsets"]
    assert set(formset.forms[0].errors) == {field}


def test_the_desk_reads_answers_on_record_and_exports_them(cast, login, event, meal, invoice):
    client = login("regular")
    client.post(
        URL,
        typed(event, **{f"asked_{meal.pk}_me": "2", f"asked_{invoice.pk}_order": "기획실"}),
    )
    officer = login("officer")
    page = officer.get(reverse("events_staff:answers", args=["conference"])).content.decode()
    assert "채식" in page
    assert "기획실" in page
    look = Entry.objects.filter(verb="privacy.view").latest("pk")
    assert look.subjects == [cast.regular.pk]
    export = officer.post(
        f"{reverse('events_staff:export', args=['conference'])}?{urlencode({})}",
        {"reason": "도시락 주문"},
    )
    text = b"".join(export).decode("utf-8-sig")
    assert "채식" in text
    assert "기획실" in text
    assert (
        login("other_officer").get(reverse("events_staff:answers", args=["conference"])).status_code
        == 404
    )
