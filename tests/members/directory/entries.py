"""Entries as tests need them: open, and what you name is what you get."""

from typing import Any

from kosna.accounts.models import User
from members.directory import actions, consent
from members.directory.models import AbuseReport, Introduction, Profile
from members.models import Member


def make_entry(member: Member, *, is_open: bool = True, **fields: Any) -> Profile:
    profile = Profile(member=member, **{"headline": "함께 일할 분을 찾습니다", **fields})
    by = member.user or member.seat_rows.order_by("pk")[0].user
    actions.write_entry(profile, fields=[], by=by)
    if is_open:
        actions.open_entry(profile, version=consent.VERSION, by=by, ip=None)
    return Profile.objects.with_member().get(pk=profile.pk)


def make_request(asker: Profile, asked: Profile, *, by: User, **fields: Any) -> Introduction:
    facts = {"message": "소셜 데이터에 대해 이야기 나누고 싶습니다.", **fields}
    return Introduction.objects.create(asker=asker, asked=asked, asked_by=by, **facts)


def make_report(about: Profile, *, by: User, **fields: Any) -> AbuseReport:
    return AbuseReport.objects.create(about=about, reported_by=by, **{"reason": "광고", **fields})
