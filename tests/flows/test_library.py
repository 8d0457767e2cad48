"""A report from its draft to a reader who buys it, and back."""

from kosna.payments.models import Order
from research.models import Download, Report
from tests import factories


def test_from_the_desk_to_a_buyer_and_back(portal, people, enter):
    report = factories.make_report(
        "outlook", tiers=(people.regular_tier,), status=Report.Status.DRAFT, published_at=None
    )
    editor = enter("editor").open(f"/staff/reports/{report.pk}/edit/")
    editor.press("title_ko", price="30000")
    editor.press("/submit/")
    assert "다른 담당자" in editor.text
    office = enter("head_office").open(f"/staff/reports/{report.pk}/")
    office.press("/return/", reason="차례 보완")
    assert "차례 보완" in editor.open(f"/staff/reports/{report.pk}/").text
    editor.press("/submit/")
    office.open(f"/staff/reports/{report.pk}/").press("/publish/")
    office.open(f"/staff/reports/as/?tier={people.associate_tier.pk}")
    assert "30,000원" in office.text

    office.open("/staff/view-as/").press("standing", tier=str(people.regular_tier.pk))
    assert "내려받기" in office.open("/research/outlook/").text
    assert office.url == "/research/outlook/"
    office.open("/research/outlook/download/", 403).press("/staff/view-as/end/")
    assert "내려받기" not in office.open("/research/outlook/").text

    reader = enter("account").open("/research/outlook/")
    assert "30,000원" in reader.text
    reader.open("/research/outlook/buy/").press("/buy/")
    order = Order.objects.get()
    reader.press("/pay/", method="card").press("outcome", outcome="paid")
    portal.work()
    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    assert reader.download("/research/outlook/download/").startswith(b"%PDF")
    assert Download.objects.get().serial in reader.open("/me/downloads/").text

    editor.open(f"/staff/reports/{report.pk}/access/?who=account@example.test")
    assert "구매" in editor.text
    editor.open(f"/staff/reports/{report.pk}/editions/").press(
        "/errata/", place="1쪽", text_ko="고칩니다"
    )
    assert "고칩니다" in enter().open("/research/outlook/").text

    office.open("/staff/reports/figures/")
    assert report.title_ko in office.text  # what non-members tried to open
    editor.open(f"/staff/reports/{report.pk}/").press("/withdraw/", reason="오류 발견")
    reader.open("/research/outlook/download/", 404)
    assert portal.problems() == {}
