"""Printed bills (고지서): one page a member, for a window envelope, thousands in one PDF."""

import io
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pikepdf
from django.conf import settings

from kosna.core import clock
from kosna.core.qr import qr_svg
from kosna.documents.rendering import render_pdf
from members.letters import addressees, depositor_name, link_for
from members.models import Charge, Member

# Pages laid out together: within one document a page is cheap, but its memory grows with it.
PAGES_AT_ONCE = 50


def bill_pdf(member: Member) -> bytes | None:
    """The bill of one member; None when nothing is open."""
    return next(_documents(_bills([member.pk])), None)


def bills_pdf(member_ids: Sequence[int], tell: Callable[[int], None]) -> tuple[bytes, int]:
    """The bills of many members as one document, in the order given, and how many there are.
    ``tell`` hears how many are drawn."""
    pages = 0
    with pikepdf.new() as whole:
        for content in _documents(_bills(member_ids)):
            with pikepdf.open(io.BytesIO(content)) as part:
                pages += len(part.pages)
                whole.pages.extend(part.pages)
            tell(pages)
        out = io.BytesIO()
        # The parts bring the same fonts again and again; object streams make them small.
        whole.remove_unreferenced_resources()
        whole.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue(), pages


def _documents(bills: Iterator[tuple[str, dict[str, Any]]]) -> Iterator[bytes]:
    """PDFs of some pages each, in the order of the bills; English ones apart."""
    for language, group in itertools.groupby(bills, key=lambda bill: bill[0]):
        facts = (bill for _language, bill in group)
        while some := list(itertools.islice(facts, PAGES_AT_ONCE)):
            yield render_pdf(
                "documents/dues_bills.html",
                {"facts": {"issued_on": clock.today().isoformat(), "bills": some}},
                language=language,
            )


def _bills(member_ids: Sequence[int]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(language, facts) of each member who has something open."""
    for first in range(0, len(member_ids), 500):
        ids = list(member_ids[first : first + 500])
        charges = defaultdict(list)
        unpaid = Charge.objects.filter(member__in=ids).unpaid().select_related("tier")
        for charge in unpaid.order_by("year"):
            charges[charge.member_id].append(charge)
        members = (
            Member.objects.filter(pk__in=charges)
            .select_related("user", "organisation", "tier", "branch")
            .prefetch_related("seat_rows__user")
        )
        by_id = {member.pk: member for member in members}
        for pk in ids:
            if pk in by_id:
                yield _bill(by_id[pk], charges[pk])


def _bill(member: Member, charges: list[Charge]) -> tuple[str, dict[str, Any]]:
    people = addressees(member)
    language = people[0].language if people else "ko"
    url = link_for(member)
    return language, {
        "name": member.name,
        "attention": people[0].name if member.organisation and people else "",
        **_postal_address(member),
        "number": member.number,
        "tier_ko": member.tier.name_ko,
        "tier_en": member.tier.name_en,
        "lines": [
            {"year": charge.year, "due_on": charge.due_on.isoformat(), "amount": charge.open}
            for charge in charges
        ],
        "total": sum(charge.open for charge in charges),
        "due_on": max(charge.due_on for charge in charges).isoformat(),
        "bank": settings.BANK_ACCOUNT["bank"],
        "account": settings.BANK_ACCOUNT["number"],
        "holder": settings.BANK_ACCOUNT["holder"],
        "depositor": depositor_name(member),
        "url": url,
        "qr": qr_svg(url, size=100),
    }


def _postal_address(member: Member) -> dict[str, str]:
    firm = member.organisation
    if firm is None:
        return {"address": member.address, "postcode": ""}
    return {"address": f"{firm.address} {firm.address_detail}".strip(), "postcode": firm.postcode}
