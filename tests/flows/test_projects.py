"""A branch looks for participants in a project; regular members apply before everybody does."""

from datetime import timedelta

from kosna.core import clock
from kosna.mail.models import Message
from members.programmes.models import Project, ProjectApplication


def test_regular_members_take_part_first(portal, people, enter):
    office = enter("officer").open("/staff/projects/new/")
    told = {
        "slug": "sea-shops",
        "area": "industry",
        "title_ko": "바다 상권 실증",
        "text_ko": "지표를 함께 만듭니다.",
        "lead_ko": "부산지부",
        "is_public": True,
    }
    office.press("title_ko", 422, **told, starts_on="")
    office.press("title_ko", starts_on=clock.today().isoformat())
    page = Project.objects.get().get_absolute_url()
    today = clock.today()
    # Regular members since midnight, everybody tomorrow.
    office.press(
        "/call/",
        first_at=f"{today}T00:00",
        opens_at=f"{today + timedelta(days=1)}T09:00",
        ends_on=(today + timedelta(days=9)).isoformat(),
        places=1,
    )
    visitor = enter().open("/programmes/projects/").open(page)
    assert "바다 상권 실증" in visitor.text
    associate = enter("associate").open(page)
    assert f"{page}apply/" not in associate.content.decode()
    assert associate.open(f"{page}apply/").url == page  # told when it opens for them

    member = enter("regular").open(page).open(f"{page}apply/")
    member.press("plan", 422, plan="", may_name=True)
    member.press("plan", plan="가게 열 곳에서 시험하겠습니다.", may_name=True)
    row = ProjectApplication.objects.get()
    assert row.was_early and row.number in member.text
    case = f"/staff/projects/applications/{row.number}/"
    enter("other_officer").open(case, 404)
    office.open(f"/staff/projects/{row.project_id}/applications/").open(case).press("/accept/")
    assert people.regular_member.name in visitor.open(page).text
    with clock.standing_at(clock.now() + timedelta(days=2)):
        associate.open(f"{page}apply/").press("plan", plan="돕겠습니다.", may_name=True)
    late = ProjectApplication.objects.latest("pk")
    office.open(f"/staff/projects/applications/{late.number}/")
    office.press("/accept/")  # all places are taken: the page says so
    assert ProjectApplication.objects.latest("pk").status == "received"
    office.press("/decline/", reason="모집이 끝났습니다.")
    assert "모집이 끝났습니다." in associate.open("/me/projects/").text
    sent = Message.objects.filter(template__startswith="project").order_by("pk")
    assert [mail.template for mail in sent] == [
        "project_received",
        "project_accepted",
        "project_received",
        "project_declined",
    ]
    portal.work()
    assert portal.problems() == {}
