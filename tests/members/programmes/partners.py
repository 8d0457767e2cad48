"""A partner as tests need it: what you name is what you get."""

import itertools
from datetime import date
from typing import Any

from kosna.accounts.models import User
from kosna.branches.models import Branch
from members.programmes.models import Partner

_numbers = itertools.count(1)


def make_partner(branch: Branch, *, by: User, **fields: Any) -> Partner:
    facts = {
        "kind": Partner.Kind.CITY,
        "name_ko": f"누리{next(_numbers)}시",
        "about_ko": "교육을 함께합니다.",
        "signed_on": date(2024, 3, 4),
        **fields,
    }
    return Partner.objects.create(branch=branch, written_by=by, **facts)
