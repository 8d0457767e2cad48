"""Members and the office on the boards: a notice that everybody reads, a question that members
answer, an advertisement that is reported and taken down, and a member who is named for what they
wrote."""

from members.community.models import AbuseReport, Board, Contributor, Post
from members.models import Right, TierRight


def test_the_office_announces_and_members_talk(portal, people, enter):
    TierRight.objects.create(tier=people.associate_tier, right=Right.DIRECTORY)
    office = enter("head_office").open("/staff/community/new/notices/")
    office.press("title_ko", title_ko="정보광장 안내", body_ko="회원 여러분의 글을 기다립니다.")
    notice = Post.objects.get()
    visitor = enter().open(notice.get_absolute_url(), 404)
    office.press(f"/staff/community/{notice.pk}/publish/")
    assert "회원 여러분의 글을 기다립니다." in visitor.open(notice.get_absolute_url()).text
    assert "정보광장 안내" in visitor.open("/").text
    assert "정보광장 안내" in visitor.open("/community/").text

    locked = visitor.open("/community/exchange/")
    assert "지금은 열람할 수 없습니다" in locked.text
    writer = enter("regular").open("/community/exchange/new/")
    writer.press("title", title="영상 자막 질문", body="어떤 도구를 쓰시나요?")
    assert "어떤 도구를 쓰시나요?" in writer.text
    question = Post.objects.on(Board.EXCHANGE).get()

    reader = enter("associate").open(question.get_absolute_url())
    assert "어떤 도구를 쓰시나요?" in reader.text and not reader.forms("/comments/")
    enter("lapsed").open(question.get_absolute_url(), 403)
    answering = enter("company_seat").open(question.get_absolute_url())
    answering.press("/comments/", body="휴대전화 자막을 고쳐 씁니다.")
    answering.press("/comments/", body="저희 제품을 싸게 팝니다.")
    assert writer.open(question.get_absolute_url()).text.count("company_seat") == 2

    advert = question.comments.get(body__contains="팝니다")
    writer.open(f"/community/comments/{advert.pk}/report/").press("kind", kind="advert")
    report = AbuseReport.objects.get()
    officer = enter("officer").open("/staff/")
    assert "처리할 게시글 신고" in officer.text
    officer.open(report.get_absolute_url()).press("/uphold/", **{"uphold-reason": "광고 금지"})
    assert "저희 제품을" not in writer.open(question.get_absolute_url()).text
    portal.work()
    [letter] = portal.mails(people.company_seat.email)
    assert "댓글 게시가 중단" in letter.subject
    enter("other_officer").open(report.get_absolute_url(), 404)

    writer.open("/community/contributors/mine/").press("intro", intro="영상 이야기", agree=True)
    assert "영상 이야기" in visitor.open("/community/contributors/").text
    writer.press("/leave/")
    assert "영상 이야기" not in visitor.open("/community/contributors/").text
    assert not Contributor.objects.exclude(agreed_at=None).exists()

    writer.open(question.get_absolute_url()).press("/remove/")
    reader.open(question.get_absolute_url(), 404)
    assert portal.problems() == {}
