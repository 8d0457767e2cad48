"""Another name or address: a line in the register, and a mail."""

import pytest

from kosna.audit.models import Entry
from kosna.core.errors import Refused
from kosna.mail.models import Message
from kosna.mail.post import render
from members import actions
from members.models import Member
from tests import factories

pytestmark = pytest.mark.django_db
ADDRESS = {"postcode": "08592", "address": "서울특별시 금천구 가산디지털1로 168"}


def change(member: Member, by, **facts: str):
    facts = {**ADDRESS, "address_detail": "1203호", "reason": "이전 신고", **facts}
    return actions.change_details(member, by=by, **facts)


def test_desk_changes_name_and_address(cast, login):
    url = f"/staff/members/{cast.regular_member.pk}/details/"
    assert login("other_officer").get(url).status_code == 404
    data = {**ADDRESS, "name": "김바다", "address_detail": "", "reason": "개명"}

    assert login("officer").post(url, {**data, "reason": ""}).status_code == 422
    assert login("officer").post(url, data).status_code == 302

    member = Member.objects.get(pk=cast.regular_member.pk)
    line = member.register_entries.latest("pk")
    assert (line.kind, line.name, line.reason) == ("details", "김바다", "개명")
    assert line.by == cast.officer
    assert line.address == member.address == "(08592) 서울특별시 금천구 가산디지털1로 168"
    assert Member.objects.search("ㄱㅂㄷ").get() == member
    assert not Member.objects.search("regular").exists()
    assert Entry.objects.get(verb="members.change_details").facts["changed"] == ["name", "address"]
    subject, text, _html = render(Message.objects.get(template="details_changed"))
    assert member.number in subject
    assert "김바다" in text


def test_a_member_changes_the_own_address_only(cast, login):
    url = f"/me/address/{cast.regular_member.pk}/"
    assert login("lapsed").get(url).status_code == 404
    data = {**ADDRESS, "address_detail": "1203호", "name": "딴이름"}

    assert login("regular").post(url, data).status_code == 302

    line = cast.regular_member.register_entries.latest("pk")
    assert (line.name, line.address) == ("regular", f"(08592) {ADDRESS['address']}, 1203호")


def test_of_a_company_the_parts_follow_and_its_people_are_told(cast):
    factories.make_seat(cast.company, contact := factories.make_user("담당"), "contact")

    change(cast.company, contact, name="㈜가온")

    cast.company.organisation.refresh_from_db()
    organisation = cast.company.organisation
    assert (organisation.name, organisation.address_detail) == ("㈜가온", "1203호")
    told = Message.objects.filter(template="details_changed").values_list("user", flat=True)
    assert set(told) == {cast.company_rep.pk, contact.pk}


def test_nothing_changed_and_ended_memberships_are_refused(cast):
    change(cast.regular_member, cast.officer)
    with pytest.raises(Refused):
        change(cast.regular_member, cast.officer)
    assert cast.regular_member.register_entries.count() == 2
    ended = factories.make_member(status="withdrawn")
    with pytest.raises(Refused):
        change(ended, cast.officer)
