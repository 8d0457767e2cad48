"""Two members meet in the directory, as they click through it; and an entry that should not be."""

from datetime import timedelta

from kosna.core import clock, jobs
from kosna.mail.models import Message
from members.directory.models import AbuseReport, Introduction, Profile

SEA = "바다와 골목의 이야기를 디자인합니다"


def mails(address: str) -> list[str]:
    return list(
        Message.objects.filter(to=address).order_by("pk").values_list("template", flat=True)
    )


def test_two_members_are_introduced(portal, people, enter):
    person = enter("regular").open("/me/")
    person.open("/me/directory/")
    assert not person.forms("/open/")  # something is written first
    person.press("headline", 422, headline=SEA, links="javascript:alert(1)")
    assert SEA in person.page.xpath("//input[@name='headline']")[0].get("value")
    person.press("headline", headline=SEA, links="", phone="010-1234-5678", phone_for="introduced")
    assert SEA in person.open("/me/directory/preview/").text
    reader = enter("company_rep", language="en").open("/members/directory/")
    assert "Nobody has opened an entry yet" in reader.text
    person.open("/me/directory/").press("agrees", 422)
    person.press("agrees", agrees=True)

    reader.open("/members/directory/")
    assert SEA in reader.text
    entry = Profile.objects.get(member=people.regular_member).get_absolute_url()
    assert "010-1234-5678" not in reader.open(entry).text
    assert not reader.forms("/ask/")  # whoever is asked sees who asks
    reader.open("/me/directory/").press("headline", headline="Social data")
    reader.press("agrees", agrees=True)
    reader.open(entry).press("/ask/", 422, message="")
    reader.press("/ask/", message="Shall we talk about markets?")
    assert mails("regular@example.test")[-1] == "introduction_asked"

    row = Introduction.objects.get()
    person.open("/me/introductions/").open(row.get_absolute_url())
    assert "Shall we talk about markets?" in person.text
    assert "company_rep@example.test" not in person.text
    person.press("/accept/")
    assert "company_rep@example.test" in person.text
    assert "regular@example.test" in reader.open(row.get_absolute_url()).text
    assert "010-1234-5678" in reader.open(entry).text

    # Closed, nobody sees it; the introduction stays.
    person.open("/me/directory/").press(f"/close/?member={people.regular_member.pk}")
    reader.open(entry, 404)
    assert "regular@example.test" in reader.open(row.get_absolute_url()).text


def test_a_request_that_nobody_answers_and_an_entry_that_is_reported(portal, people, enter):
    for who in ("regular", "company_rep"):
        person = enter(who).open("/me/directory/").press("headline", headline=f"{who} 소개")
        person.press("agrees", agrees=True)
    person, reader = enter("regular"), enter("company_rep")
    entry = Profile.objects.get(member=people.regular_member).get_absolute_url()
    reader.open(entry).press("/ask/", message="반갑습니다")
    with clock.standing_at(clock.now() + timedelta(days=15)):
        jobs.run_due(every_job=True)
        jobs.run_due(every_job=True)
    assert mails("company_rep@example.test").count("introduction_expired") == 1

    reader.open(entry).press("/report/", 422, reason="")
    reader.press("/report/", reason="광고입니다")
    staff = enter("officer").open("/staff/")
    assert "광고입니다" in staff.text
    staff.open("/staff/directory/reports/")
    staff.open(f"/staff/directory/{AbuseReport.objects.get().about_id}/")
    staff.press("/hide/", 422, reason="").press("/hide/", reason="상품 광고")
    reader.open(entry, 404)
    assert mails("company_rep@example.test")[-1] == "abuse_answered"
    assert "상품 광고" in person.open("/me/directory/").text
    person.press("plea", plea="고쳤습니다")
    staff.open("/staff/").open("/staff/directory/?state=pleading")
    staff.open(f"/staff/directory/{AbuseReport.objects.get().about_id}/").press("/show/")
    assert mails("regular@example.test")[-1] == "entry_shown"
    reader.open(entry)
