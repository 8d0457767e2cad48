"""A survey is answered once, by those who came, and nothing tells who said what (decision 28)."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events import actions, surveys
from events.models import Answered, CheckIn, Question, Registration, Remark, Tally
from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail.models import Message
from tests import factories
from tests.events.test_rushes import at_once

Kind = Question.Kind


@pytest.fixture
def event(cast):
    return factories.make_event(
        "forum", branch=cast.busan, starts_at=clock.now() - timedelta(days=1)
    )


@pytest.fixture
def questions(event):
    return [
        Question.objects.create(event=event, kind=Kind.SCALE, text_ko="어땠습니까?", sort=1),
        Question.objects.create(
            event=event, kind=Kind.CHOICE, text_ko="무엇이?", choices_ko="강의\n\n토론", sort=2
        ),
        Question.objects.create(
            event=event, kind=Kind.TEXT, text_ko="다음에는?", is_required=False, sort=3
        ),
    ]


@pytest.fixture
def come(cast, event):
    ticket = factories.make_ticket(event, capacity=50)

    def make(**fields) -> Registration:
        place = factories.make_place(ticket, **fields)
        CheckIn.objects.create(registration=place, by=cast.officer)
        return place

    return make


def answer(place, questions, tick=4, choice=2, words=""):
    scale, one, text = (question.pk for question in questions)
    actions.answer_survey(place, ticks={scale: tick, one: choice}, words={text: words})


def test_answers_are_counted_and_carry_no_name(cast, questions, come):
    entries, mails = Entry.objects.count(), Message.objects.count()
    answer(come(), questions, words="실습")
    assert set(Tally.objects.values_list("question", "value", "count")) == {
        (questions[0].pk, 4, 1), (questions[1].pk, 2, 1),
    }  # fmt: skip
    assert Remark.objects.get().text == "실습"
    assert (Entry.objects.count(), Message.objects.count()) == (entries, mails)
    # What is kept of an answer points at its question, and at nobody, and at no time.
    kept = {model: {f.name for f in model._meta.get_fields()} for model in (Tally, Remark)}
    assert kept == {
        Tally: {"id", "question", "value", "count"}, Remark: {"id", "question", "text"},
    }  # fmt: skip
    assert {f.name for f in Answered._meta.get_fields()} == {"registration"}
    assert apps.get_model("events", "answered") is Answered


def test_a_place_answers_once(cast, questions, come):
    place = come()
    answer(place, questions)
    with pytest.raises(Refused):
        answer(place, questions, tick=1)
    assert Tally.objects.filter(question=questions[0]).get().value == 4


@pytest.mark.miscounts
def test_only_those_who_came_are_asked(cast, event, questions, come):
    away = factories.make_place(factories.make_ticket(event))
    gone = come(status="cancelled", released_at=clock.now())
    for place in (away, gone):
        with pytest.raises(Refused):
            answer(place, questions)
    late = come()
    with clock.standing_at(surveys.closes_at(event)), pytest.raises(Refused):
        answer(late, questions)
    assert not Tally.objects.exists()
    assert not Answered.objects.exists()


@pytest.mark.parametrize(("tick", "choice"), [(6, 1), (0, 1), (3, 3)])
def test_an_answer_that_was_not_offered_counts_nothing(questions, come, tick, choice):
    with pytest.raises(Refused):
        answer(come(), questions, tick=tick, choice=choice)
    assert not Tally.objects.exists()


def test_what_must_be_answered_is_asked_for_at_its_field(questions, come, client):
    place = come()
    url = reverse("tickets:ticket-survey", args=[place.secret])
    scale, _one, text = (f"question_{question.pk}" for question in questions)
    response = client.post(url, {scale: "5", text: "더 길게"})
    assert response.status_code == 422
    assert "더 길게" in response.content.decode()
    assert not Answered.objects.exists()


def test_the_ticket_leads_to_the_survey_and_back(questions, come, client):
    place = come()
    url = reverse("tickets:ticket-survey", args=[place.secret])
    assert url in client.get(place.get_absolute_url()).content.decode()
    scale, one, text = (f"question_{question.pk}" for question in questions)
    response = client.post(url, {scale: "5", one: "1", text: ""})
    assert response.url == place.get_absolute_url()
    assert url not in client.get(response.url).content.decode()
    assert not Remark.objects.exists()
    again = client.post(url, {scale: "1", one: "1"})
    assert again.status_code == 200
    assert Tally.objects.get(question=questions[0]).value == 5


def test_nothing_is_shown_before_the_fifth_answer(event, questions, come, login):
    url = reverse("events_staff:survey-results", args=["forum"])
    client = login("officer")
    for count in range(1, 6):
        answer(come(), questions, tick=count, words=f"주제{count}" if count < 5 else "")
        scale, choice, text = surveys.results(event)
        assert scale.is_shown == choice.is_shown == bool(scale.bars) == (count == 5)
        assert (text.is_shown, text.remarks) == (False, ())
        page = client.get(url).content.decode()
        assert ('<svg class="bars"' in page) == (count == 5)
        assert "주제" not in page
    answer(come(), questions, tick=5, words="<b>가</b>")
    scale, choice, text = surveys.results(event)
    assert [(bar.label, bar.count, bar.percent) for bar in scale.bars] == [
        ("1", 1, 17), ("2", 1, 17), ("3", 1, 17), ("4", 1, 17), ("5", 2, 33),
    ]  # fmt: skip
    assert [bar.width for bar in scale.bars] == [200, 200, 200, 200, 400]
    assert [bar.count for bar in choice.bars] == [0, 6]
    assert text.remarks == tuple(sorted(text.remarks))
    assert "&lt;b&gt;가&lt;/b&gt;" in client.get(url).content.decode()


def test_questions_stay_once_somebody_has_answered(cast, event, questions, come, login):
    client, url = login("officer"), reverse("events_staff:survey", args=["forum"])
    assert client.get(url).status_code == 200
    answer(come(), questions)
    results = reverse("events_staff:survey-results", args=["forum"])
    assert client.get(url).url == client.post(url, form_of(text_ko="x")).url == results
    assert f'href="{url}"' not in client.get(results).content.decode()
    assert event.questions.count() == 3


def form_of(**fields) -> dict[str, str]:
    data = {"questions-TOTAL_FORMS": "1", "questions-INITIAL_FORMS": "0"}
    given = {"kind": "choice", "text_ko": "무엇이?", "sort": "0", **fields}
    return data | {f"questions-0-{name}": value for name, value in given.items()}


def test_questions_are_written_on_their_page(cast, event, login):
    client, url = login("officer"), reverse("events_staff:survey", args=["forum"])
    for wrong in (
        {"choices_ko": "하나"},
        {"choices_ko": "하나\n둘", "choices_en": "one"},
    ):
        client.post(url, form_of(**wrong))
        assert not Question.objects.exists()
    client.post(url, form_of(choices_ko="하나\n둘", choices_en="one\ntwo"))
    assert Question.objects.get().options == [(1, "하나"), (2, "둘")]


def test_results_take_as_many_statements_for_three_questions_as_for_one(cast, event, come, login):
    client, url = login("officer"), reverse("events_staff:survey-results", args=["forum"])
    counts = []
    for more in (1, 2):
        for _n in range(more):
            question = Question.objects.create(event=event, text_ko="?", is_required=False)
            actions.answer_survey(come(), ticks={question.pk: 3}, words={})
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.fixture
def many_came(transactional_db) -> list[Registration]:
    event = factories.make_event("rush", starts_at=clock.now() - timedelta(days=1))
    Question.objects.create(event=event, text_ko="어땠습니까?")
    ticket, door = factories.make_ticket(event), factories.make_user()
    places = [factories.make_place(ticket) for _n in range(4)]
    CheckIn.objects.bulk_create(CheckIn(registration=place, by=door) for place in places)
    return places


def test_answers_at_once_are_all_counted_and_each_place_counts_once(many_came):
    question = Question.objects.get()

    def say(place):
        return lambda: actions.answer_survey(place, ticks={question.pk: 4}, words={})

    answers = at_once(*(say(place) for place in many_came for _twice in range(2)))
    assert sum(isinstance(answer, Refused) for answer in answers) == 4
    assert Tally.objects.get().count == 4
