"""After an event, in Chromium: the organiser's numbers and the answers to its survey, drawn."""

from datetime import timedelta

from events import actions
from events.models import CheckIn, Event, Question
from kosna.core import clock
from tests import factories
from tests.events.test_booths import other
from tests.events.test_handing import extra_for
from tests.events.test_registering import pay

ANSWERS = 6


def sold_and_over(people) -> Event:
    """Places, an add-on and a booth were paid for; everybody came, and all but one answered."""
    event = factories.make_event("forum", branch=people.busan)
    booth = factories.make_booth(event)
    booth.event = booth.booth_type.event = event
    pay(actions.book_booth(booth, company=other(people.account), by=people.account))
    ticket = factories.make_ticket(event)
    places = [factories.make_place(ticket, amount=33_000) for _n in range(ANSWERS + 1)]
    extra_for(places[0], "만찬", 12_000)
    Event.objects.update(
        starts_at=clock.now() - timedelta(days=1), ends_at=clock.now() - timedelta(hours=20)
    )
    scale, choice, words = (
        Question.objects.create(event=event, sort=n, **facts)
        for n, facts in enumerate(
            [
                {"kind": Question.Kind.SCALE, "text_ko": "어땠습니까?"},
                {"kind": Question.Kind.CHOICE, "text_ko": "무엇이?", "choices_ko": "강의\n토론"},
                {"kind": Question.Kind.TEXT, "text_ko": "다음에는?"},
            ]
        )
    )
    event.refresh_from_db()
    for n, place in enumerate(places):
        CheckIn.objects.create(registration=place, by=people.officer)
        place.ticket.event = place.event = event
        if n < ANSWERS:
            ticks = {scale.pk: 5 if n else 2, choice.pk: 1 + n % 2}
            actions.answer_survey(place, ticks=ticks, words={words.pk: f"의견 {n}"})
    return event


def test_numbers_and_answers_are_drawn(enter, people):
    sold_and_over(people)
    desk = enter("officer").open("/staff/events/forum/numbers/").look()
    money = desk.page.locator(".stats.won").inner_text()
    assert "1,343,000" in money  # 7 × 33,000, a dinner of 12,000 and a booth of 1,100,000
    rows = desk.page.locator("table").first.locator("tbody tr").all_inner_texts()
    assert [row.split()[0] for row in rows] == ["자리", "추가", "부스"]

    desk.open("/staff/events/forum/survey/results/").look()
    for n, bars in enumerate([5, 2]):
        chart = desk.page.locator("svg.bars").nth(n)
        assert chart.is_visible() and chart.locator("rect.value").count() == bars
    drawn = desk.page.locator("svg.bars").first.locator("rect.value").all()
    assert [bar.get_attribute("width") for bar in drawn] == ["0", "80", "0", "0", "400"]
    assert "50%" in desk.page.locator("svg.bars").nth(1).text_content()
    counts = desk.page.locator("table").first.locator("tbody td:nth-of-type(1)").all_inner_texts()
    assert [int(count.split()[-1]) for count in counts] == [0, 1, 0, 0, 5]
    said = desk.page.locator("ul.link-list li").all_inner_texts()
    assert sorted(said) == [f"의견 {n}" for n in range(ANSWERS)]
