"""A question of a company becomes advice: asked, assigned, agreed, reported and answered."""

from datetime import timedelta

from kosna.core import clock
from kosna.mail.models import Message
from members.programmes.models import ConsultingRequest
from tests.members.programmes.consulting import make_round

QUESTION = "리뷰 3천 건을 어떤 순서로 읽어야 합니까?"


def mails(to):
    rows = Message.objects.filter(to=to.email, template__startswith="consulting")
    return list(rows.order_by("pk").values_list("template", flat=True))


def test_a_company_of_g_valley_is_advised(portal, people, enter):
    office = enter("head_office").open("/staff/consulting/consultants/new/")
    office.press("expertise", 422, email="nobody@example.test", expertise=["data"])
    office.press("expertise", email="regular@example.test", expertise=["data"])
    make_round(people.hq, by=people.head_office, is_for_g_valley=True, name_ko="G밸리 1기")

    asker = enter("company_rep").open("/programmes/consulting/")
    assert "G밸리 1기" in asker.text
    asker.open("/me/consulting/new/")
    day = (clock.today() + timedelta(days=4)).isoformat()
    told = {"field": "data", "topic": "리뷰 읽기", "question": QUESTION, "first_on": day}
    asker.press("question", 422, **told | {"topic": ""})
    assert QUESTION in asker.content.decode()  # what was typed is kept
    asker.press("question", **told, is_in_g_valley=True)
    row = ConsultingRequest.objects.get()
    own, case = f"/me/consulting/{row.number}/", f"/staff/consulting/{row.number}/"
    assert asker.url == own

    # It waits at the head office, whose member the company is; Busan does not learn of it.
    assert row.number in office.open("/staff/").text
    enter("officer").open(case, 404)
    adviser = enter("regular").open("/me/consulting/assigned/")
    assert row.number not in adviser.text
    consultant = people.regular.consultant
    office.open(case).press("/assign/", consultant=consultant.pk)

    page = f"/me/consulting/assigned/{row.number}/"
    adviser.open("/me/consulting/").open("/me/consulting/assigned/").open(page)
    assert people.company_rep.email in adviser.text
    assert not adviser.forms("/report/")
    at = (clock.today() + timedelta(days=4)).isoformat() + "T14:00"
    adviser.press("/schedule/", meets_at=at, place="본부 회의실")
    assert "본부 회의실" in asker.open(own).text
    adviser.open(page).press("/report/", 422, report="미리 쓰는 보고서")
    with clock.standing_at(clock.now() + timedelta(days=5)):
        adviser.open(page).press("/report/", report="낱말 열 개부터 세어 보십시오.")
        assert "낱말 열 개부터" in asker.open(own).text
        asker.press("/answer/", 422)
        asker.press("/answer/", rating=5, words="도움이 되었습니다.")
        assert not asker.forms("/answer/")
    assert "도움이 되었습니다." in office.open(case).text
    assert mails(people.company_rep) == [
        "consulting_received",
        "consulting_assigned",
        "consulting_scheduled",
        "consulting_reported",
    ]
    assert mails(people.regular) == ["consulting_given", "consulting_agreed"]
    # That a consultant and the office read it, and whose it is.
    assert "regular" in asker.open("/me/looks/").text
    portal.work()
    assert portal.problems() == {}


def test_in_english_the_same(portal, people, enter):
    asker = enter("regular", language="en").open("/me/consulting/new/")
    day = (clock.today() + timedelta(days=4)).isoformat()
    asker.press("question", field="crisis", topic="Rumours", question="Who answers?", first_on=day)
    assert "Your branch reads it and assigns a consultant." in asker.text
    asker.press("/withdraw/")
    assert ConsultingRequest.objects.get().status == "withdrawn"
