"""Consultants, rounds and requests as tests need them: what you name is what you get."""

import itertools
from datetime import timedelta
from typing import Any

from kosna.accounts.models import User
from kosna.branches.models import Branch
from kosna.core import clock
from members.models import Member
from members.programmes.models import (
    Consultant,
    ConsultingField,
    ConsultingRequest,
    ConsultingRound,
    Expertise,
)
from tests import factories

_numbers = itertools.count(1)
Status = ConsultingRequest.Status


def make_consultant(branch: Branch, *, by: User, user: User | None = None, **fields: Any) -> Any:
    user = user or factories.make_user(f"컨설턴트 {next(_numbers)}")
    row = Consultant.objects.create(user=user, branch=branch, added_by=by, **fields)
    Expertise.objects.create(consultant=row, field=ConsultingField.DATA)
    return row


def make_round(branch: Branch, *, by: User, **fields: Any) -> ConsultingRound:
    today = clock.today()
    facts = {
        "name_ko": f"소셜 컨설팅 {next(_numbers)}기",
        "about_ko": "질문을 모아 상담합니다.",
        "opens_on": today - timedelta(days=3),
        "closes_on": today + timedelta(days=10),
        "places": 10,
        **fields,
    }
    return ConsultingRound.objects.create(branch=branch, written_by=by, **facts)


def make_request(member: Member, *, by: User, status: str = "received", **fields: Any) -> Any:
    """With a consultant, it stands as far as ``status`` says."""
    now, number = clock.now(), next(_numbers)
    facts: dict[str, Any] = {
        "number": f"2020-{number:04}",
        "branch": member.branch,
        "field": ConsultingField.DATA,
        "topic": f"{number}번째 주제",
        "question": "무엇부터 시작합니까?",
        "first_on": clock.today() + timedelta(days=3),
        "asked_by": by,
    }
    if status in ("assigned", "scheduled", "reported", "closed"):
        facts |= {"assigned_at": now, "assigned_by": by}
    if status in ("scheduled", "reported", "closed"):
        facts |= {"meets_at": now - timedelta(days=1), "place": "회의실", "scheduled_at": now}
        facts["scheduled_by"] = by
    if status in ("reported", "closed"):
        facts |= {"report": "이렇게 하십시오.", "reported_at": now, "reported_by": by}
    if status in ("closed", "declined", "withdrawn"):
        facts |= {"ended_at": now, "ended_by": by}
    return ConsultingRequest.objects.create(member=member, status=status, **(facts | fields))
