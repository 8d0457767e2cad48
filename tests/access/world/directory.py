"""Entries of Busan's member and of the company, a request between them, a report and a block."""

from typing import Any

from members.directory.models import Block
from tests.conftest import Cast
from tests.members.directory.entries import make_entry, make_report, make_request


def directory(cast: Cast) -> dict[str, Any]:
    entry, other = make_entry(cast.regular_member), make_entry(cast.company)
    asked = make_request(other, entry, by=cast.company_rep)
    block = Block.objects.create(owner=entry, blocked=other, by=cast.regular)
    return {
        "entry": entry.pk,
        "introduction": asked.pk,
        "block": block.pk,
        "abuse_report": make_report(entry, by=cast.company_seat).pk,
    }
