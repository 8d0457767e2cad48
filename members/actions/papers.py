"""Papers of a membership: issued in the language asked for, issued again, declared void.

Names and figures are frozen when a paper is issued; what it rests on is named in its facts, so
that paid days take their papers with them when they go.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import translation

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.documents import actions as documents
from kosna.documents.models import Document, about_member
from members import papers
from members.models import Application, Member, Period
from members.papers import Kind, PaidDues
from members.standing import FOR_LIFE, paid_ahead, standing_of


def issue_card(member: Member, period: Period, *, holder: User, language: str = "") -> Document:
    """회원증 of one person for one paid period: the member's own, or a seat's."""
    language = language or holder.language
    with translation.override(language):
        facts = {
            "name": member.name_of(holder),
            "organisation": member.organisation.name if member.organisation else "",
            "tier": period.tier.name,
            "member_number": member.number,
            "branch": member.branch.name,
            "valid_until": period.ends_on and period.ends_on.isoformat(),
            "periods": [period.pk],
        }
    return documents.issue(
        Kind.MEMBERSHIP_CARD,
        key=f"card:{period.pk}:{holder.pk}:{language}",
        about=about_member(member.pk),
        subject=holder,
        facts=facts,
        language=language,
        branch=member.branch,
        valid_until=period.ends_on,
    )


def card_of(member: Member, period: Period, *, holder: User) -> Document:
    """The card that this person holds for a paid period, in whichever language; their first one
    is issued in their own."""
    held = Document.objects.valid().filter(key__startswith=f"card:{period.pk}:{holder.pk}:")
    return held.order_by("-pk").first() or issue_card(member, period, holder=holder)


def issue_approval(application: Application, member: Member, *, language: str = "") -> Document:
    """입회승인서, from the day on which the membership begins."""
    user = application.applicant
    language = language or user.language
    first = member.periods.filter(line__order=application.order_id).values_list("pk", flat=True)
    with translation.override(language):
        facts = {
            "name": "" if member.organisation else member.name,
            "organisation": member.organisation.name if member.organisation else "",
            "application_number": application.number,
            "member_number": member.number,
            "tier": application.tier.name,
            "branch": application.branch.name,
            "approved_on": clock.kst_date(application.decided_at or clock.now()).isoformat(),
            "issued_on": clock.today().isoformat(),
            "basis": application.basis,
            "periods": list(first) if application.order_id else [],
        }
    return documents.issue(
        Kind.APPROVAL,
        key=f"approval:{application.pk}:{language}",
        about=about_member(member.pk),
        subject=user,
        facts=facts,
        language=language,
        branch=application.branch,
    )


def _certify_membership(
    member: Member, *, holder: User | None, language: str, purpose: str, occasion: str
) -> Document:
    """회원확인서, as of today; asked for again on the same day for the same purpose, it is the same
    paper."""
    today = clock.today()
    ahead = paid_ahead(member, today)
    until = ahead.until if ahead else None
    held = papers.period_on(member, today)
    with translation.override(language):
        facts = papers.names_of(member, holder, language) | {
            "member_number": member.number,
            "tier": member.tier.name,
            "branch": member.branch.name,
            "joined_on": member.joined_on and member.joined_on.isoformat(),
            "standing": standing_of(member, today).label,
            "paid_until": None if until in (None, FOR_LIFE) else until.isoformat(),
            "purpose": purpose,
            "periods": [held.pk] if held else [],
        }
    occasion = occasion or f"{today.isoformat()}:{_digest(purpose)}"
    return documents.issue(
        Kind.MEMBERSHIP,
        key=f"membership:{member.pk}:{holder.pk if holder else 0}:{language}:{occasion}",
        about=about_member(member.pk),
        subject=holder,
        facts=facts,
        language=language,
        branch=member.branch,
    )


def _certify_dues(
    member: Member, paid: Sequence[PaidDues], *, holder: User | None, language: str
) -> Document:
    """회비납부확인서 over the years chosen, with what was kept of each."""
    with translation.override(language):
        facts = papers.names_of(member, holder, language) | {
            "member_number": member.number,
            "tier": member.tier.name,
            "business_number": member.organisation.business_number if member.organisation else "",
            "lines": [_dues_line(dues) for dues in paid],
            "total": sum(dues.amount or 0 for dues in paid),
            "periods": [dues.period.pk for dues in paid],
        }
    years = _digest("-".join(str(dues.period.pk) for dues in paid))
    return documents.issue(
        Kind.DUES,
        key=f"dues:{member.pk}:{holder.pk if holder else 0}:{language}:{years}",
        about=about_member(member.pk),
        subject=holder,
        facts=facts,
        language=language,
        branch=member.branch,
    )


def _dues_line(dues: PaidDues) -> dict[str, Any]:
    return {
        "title": dues.title,
        "starts_on": dues.period.starts_on.isoformat(),
        "ends_on": dues.period.ends_on and dues.period.ends_on.isoformat(),
        "paid_on": dues.paid_on and dues.paid_on.isoformat(),
        "amount": dues.amount,
        # What an imported year rests on: the day on which it was brought along.
        "brought_on": clock.kst_date(dues.period.created_at).isoformat()
        if dues.is_imported
        else None,
    }


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@transaction.atomic
def issue_paper(
    member: Member,
    kind: str,
    *,
    holder: User | None,
    language: str,
    purpose: str = "",
    periods: Sequence[int] = (),
    occasion: str = "",
    reason: str = "",
    by: User,
) -> Document:
    """One paper of a membership, for its holder or by the desk for them.

    ``periods`` name the paid days that a certificate of payment is about; none means all.
    ``occasion`` tells papers apart that would else be the same. Raises Refused for a paper that
    the membership does not give (``members.papers.offered``).
    """
    member = papers.grounds_of(member)
    if holder is None or kind not in papers.offered(member, holder):
        raise Refused(papers.no_such_paper())
    known = Document.objects.valid().of_membership(member.pk).values_list("pk", flat=True)
    issued_before = set(known)
    if kind == Kind.MEMBERSHIP_CARD:
        period = papers.card_period(member, clock.today())
        assert period is not None  # as offered
        document = issue_card(member, period, holder=holder, language=language)
    elif kind == Kind.APPROVAL:
        application = papers.approval_of(member)
        assert application is not None
        document = issue_approval(application, member, language=language)
    elif kind == Kind.MEMBERSHIP:
        document = _certify_membership(
            member, holder=holder, language=language, purpose=purpose, occasion=occasion
        )
    else:
        paid = papers.paid_dues(member)
        chosen = [dues for dues in paid if not periods or dues.period.pk in periods]
        if not chosen:
            raise Refused(papers.no_such_paper())
        document = _certify_dues(member, chosen, holder=holder, language=language)
    if document.pk not in issued_before:
        _record("documents.issue_document", document, reason=reason, by=by)
    return document


@transaction.atomic
def reissue_paper(document: Document, *, reason: str = "", by: User) -> Document:
    """재발급 under the same number. Raises Refused for a void paper, or one of another kind."""
    _must_be_of_membership(document)
    document = documents.reissue(document)
    _record("documents.reissue_document", document, reason=reason, by=by, time=document.reissues)
    return document


@transaction.atomic
def void_paper(document: Document, *, reason: str, by: User) -> None:
    """The desk declares a paper void, say because a name on it is wrong; another can follow, under
    another number. Receipts follow their orders and are not voided by hand."""
    _must_be_of_membership(document)
    if document.status == Document.Status.VOID:
        raise Refused(translation.gettext("This document is void already."))
    documents.void(document, reason=reason)
    _record("documents.void_document", document, reason=reason, by=by)


def _must_be_of_membership(document: Document) -> None:
    if not document.is_of_membership:
        raise Refused(translation.gettext("Receipts and tickets follow their order."))


def _record(verb: str, document: Document, *, reason: str, by: User, **facts: Any) -> None:
    audit.record(
        verb,
        document,
        by=by,
        reason=reason,
        subjects=[document.subject_id] if document.subject_id else [],
        kind=document.kind,
        **facts,
    )


# Papers that lose what they rest on -----------------------------------------------------------


def void_papers_of(period: Period, *, reason: str) -> None:
    """Paid days that are taken back take with them every paper that speaks of them."""
    valid = Document.objects.valid().of_membership(period.member_id)
    for paper in papers.resting_on(period, valid):
        documents.void(paper, reason=reason)


def void_papers_of_tier(period: Period, *, reason: str) -> None:
    """Another tier: cards and certificates of membership of these days name the old one."""
    naming = Document.objects.valid().filter(kind__in=[Kind.MEMBERSHIP_CARD, Kind.MEMBERSHIP])
    for paper in papers.resting_on(period, naming.of_membership(period.member_id)):
        documents.void(paper, reason=reason)


def void_dues_certificates(period: Period, *, reason: str) -> None:
    """A part of the dues went back: what was paid is no longer what the paper says."""
    certificates = Document.objects.valid().of_membership(period.member_id).filter(kind=Kind.DUES)
    for paper in papers.resting_on(period, certificates):
        documents.void(paper, reason=reason)


def void_cards(member: Member, *, reason: str) -> None:
    """Rights rest: a card would still prove them at a counter. Another is issued when they are
    back, under another number."""
    cards = Document.objects.valid().of_membership(member.pk).filter(kind=Kind.MEMBERSHIP_CARD)
    for card in cards:
        documents.void(card, reason=reason)


def void_at_the_end(member: Member, *, reason: str) -> None:
    """Cards and certificates of membership end with it; of one that never should have been, all
    papers do. What was paid stays certified."""
    ending = Q(kind__in=[Kind.MEMBERSHIP_CARD, Kind.MEMBERSHIP])
    if member.status == Member.Status.VOIDED:
        ending = Q(kind__in=Document.OF_MEMBERSHIP)
    for paper in Document.objects.valid().of_membership(member.pk).filter(ending):
        documents.void(paper, reason=reason)
