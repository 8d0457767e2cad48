"""An application, a member with every case that there can be, an import, a general meeting."""

from datetime import date
from typing import Any

from kosna.core import clock
from kosna.documents.models import Document
from members import actions
from members.actions import appoint_proxy, request_inspection
from members.letters import token_for
from members.models import (
    Application,
    ApplicationFile,
    Assessment,
    Claim,
    DuesCalendar,
    Exemption,
    Import,
    ImportLine,
    ImportRow,
    Removal,
    ShareRule,
    TierChange,
    Transfer,
)
from tests import factories
from tests.conftest import Cast
from tests.members.assembly import called, vote_of


def members(cast: Cast) -> dict[str, Any]:
    return applied(cast) | brought(cast) | cases(cast) | dues(cast) | assembly(cast)


def applied(cast: Cast) -> dict[str, Any]:
    application = Application.objects.create(
        number="2026-0001",
        applicant=cast.applicant,
        tier=cast.regular_tier,
        branch=cast.busan,
        status=Application.Status.SUBMITTED,
        submitted_at=clock.now(),
        name="applicant",
        phone="+821000000001",
        postcode="48058",
        address="부산광역시 해운대구 센텀중앙로 1",
    )
    attached = ApplicationFile(
        application=application,
        kind=ApplicationFile.Kind.STUDENT_CARD,
        name="card.pdf",
        content_type="application/pdf",
        size=9,
        sha256="0" * 64,
    )
    attached.file.save("card.pdf", factories.ContentFile(b"%PDF-1.7\n"), save=False)
    attached.save()
    return {"application": application.number, "file": attached.pk}


def brought(cast: Cast) -> dict[str, Any]:
    """A file that was imported, and the account that waits to be claimed."""
    imported = Import.objects.create(
        branch=cast.busan,
        by=cast.officer,
        file_name="members.csv",
        sha256="0" * 64,
        status=Import.Status.CHECKED,
        headings=["성명"],
        mapping=["name"],
        samples=[{"first": [], "values": []}],
    )
    ImportLine.objects.create(imported=imported, line=2, cells=["김하늘"])
    ImportRow.objects.create(imported=imported, line=2, verdict=ImportRow.Verdict.FAULTY)
    claim = Claim.objects.create(member=cast.regular_member, imported=imported, name="regular")
    return {"import": imported.uuid, "line": 2, "claim": claim.pk}


def cases(cast: Cast) -> dict[str, Any]:
    removal, forfeiture = (
        Removal.objects.create(
            member=factories.make_member(branch=cast.busan),
            kind=kind,
            reason="x",
            basis="이사회",
            proposed_by=cast.officer,
        )
        for kind in (Removal.Kind.EXPULSION, Removal.Kind.FORFEITURE)
    )
    transfer, own_transfer = (
        Transfer.objects.create(
            member=member,
            from_branch=cast.busan,
            to_branch=cast.daegu,
            reason="이사",
            requested_by=cast.regular,
        )
        for member in (
            factories.make_member(branch=cast.busan, paid_until=None),
            cast.regular_member,
        )
    )
    tier_change = TierChange.objects.create(
        member=cast.regular_member,
        from_tier=cast.regular_tier,
        to_tier=cast.associate_tier,
        requested_by=cast.regular,
        proof_name="card.pdf",
        proof_type="application/pdf",
    )
    tier_change.proof.save("card.pdf", factories.ContentFile(b"%PDF-1.7\n"))
    paper = actions.issue_paper(
        cast.regular_member,
        Document.Kind.MEMBERSHIP,
        holder=cast.regular,
        language="ko",
        purpose="x",
        by=cast.regular,
    )
    return {
        "member": cast.regular_member.pk,
        "removal": removal.pk,
        "forfeiture": forfeiture.pk,
        "transfer": transfer.pk,
        "own_transfer": own_transfer.pk,
        "tier_change": tier_change.pk,
        "paper": paper.pk,
        "paper_code": paper.code,
        "token": token_for(cast.regular_member),
    }


def dues(cast: Cast) -> dict[str, Any]:
    year = clock.now().year
    owing = factories.make_member(branch=cast.busan, paid_until=None)
    actions.assess(year=year, branch=cast.busan, by=cast.head_office)
    exemption = Exemption.objects.create(
        member=cast.regular_member, from_year=year, reason="x", granted_by=cast.head_office
    )
    assessment = Assessment.objects.create(
        year=year, started_by=cast.head_office, status=Assessment.Status.READY
    )
    DuesCalendar.objects.create(from_year=2012)
    share_rule = ShareRule.objects.create(percent=30, valid_from=date(2020, 1, 1))
    return {
        "owing": owing.pk,
        "exemption": exemption.pk,
        "assessment": assessment.pk,
        "share_rule": share_rule.pk,
        "tier": cast.regular_tier.code,
        "rate_year": 2000,
        "calendar_year": 2012,
    }


def assembly(cast: Cast) -> dict[str, Any]:
    meeting = called(cast.head_office)
    proxy = appoint_proxy(
        vote_of(meeting, cast.regular_member), delegate=None, is_paper=True, by=cast.head_office
    )
    inspection = request_inspection(
        name="regular",
        email=cast.regular.email,
        purpose="사원 확인",
        requester=cast.regular,
        by=cast.regular,
    )
    return {
        "meeting": meeting.number,
        "item": meeting.items.get().pk,
        "proxy": proxy.pk,
        "inspection": inspection.number,
        "inspection_secret": inspection.secret,
    }
