"""The table of roles, said again and by hand: a change of policy is a change of two files."""

import re
from typing import Any

import pytest
from django.test import Client

from kosna.accounts.models import User
from kosna.branches.models import Appointment, Branch, Scope
from kosna.roles import ROLES, VERBS
from kosna.staff_nav import place_of
from tests import factories
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
Role = Appointment.Role

MAY = {
    "members.view_application": "officer other_officer reviewer auditor head_office",
    "members.review_application": "officer other_officer reviewer head_office",
    "members.approve_application": "reviewer head_office",
    "members.readmit_expelled": "reviewer head_office",
    "members.decide_transfer": "officer other_officer head_office",
    "members.withdraw_member": "officer other_officer head_office",
    "members.propose_removal": "officer other_officer reviewer head_office",
    "members.decide_membership": "reviewer head_office",
    "members.view_as": "editor auditor head_office",
    "members.view_member": "officer other_officer reviewer auditor head_office",
    "members.view_dues": "officer other_officer treasurer auditor head_office",
    "members.bill_dues": "officer other_officer treasurer head_office",
    "members.assess_dues": "head_office",
    "members.view_terms": "officer other_officer treasurer auditor head_office",
    "members.change_terms": "head_office",
    "members.export_member": "officer other_officer head_office",
    "members.import_member": "officer other_officer head_office",
    "members.change_company": "officer other_officer head_office",
    "members.view_register": "officer other_officer auditor head_office",
    "members.export_register": "officer other_officer head_office",
    "members.change_details": "officer other_officer head_office",
    "members.view_inspection": "auditor head_office",
    "members.decide_inspection": "head_office",
    "members.view_meeting": "auditor head_office",
    "members.run_meeting": "head_office",
    "members.check_voter": "doorkeeper head_office",
    "api.issue_token": "officer other_officer head_office",
    "events.view_event": "officer other_officer auditor head_office",
    "events.view_registration": "officer other_officer auditor head_office",
    "events.decide_keeping": "head_office",
    "events.change_event": "officer other_officer head_office",
    "events.check_in": "officer other_officer doorkeeper head_office",
    "payments.view_order": "officer other_officer treasurer auditor head_office",
    "payments.take_money": "officer other_officer doorkeeper head_office",
    "payments.receive_till": "treasurer",
    "payments.view_ledger": "treasurer auditor head_office",
    "payments.confirm_deposit": "treasurer",
    "payments.request_refund": "treasurer head_office",
    "payments.approve_refund": "treasurer",
    "payments.resolve_task": "treasurer",
    "payments.request_proof": "officer other_officer treasurer head_office",
    "payments.issue_proof": "treasurer",
    "payments.view_statement": "officer other_officer treasurer auditor head_office",
    "payments.run_statement": "treasurer",
    "payments.approve_statement": "treasurer head_office",
    "payments.confirm_adjustment": "treasurer head_office",
    "payments.view_reconciliation": "treasurer auditor",
    "payments.reconcile": "treasurer",
    "payments.change_rule": "treasurer",
    "research.view_report": "editor auditor head_office",
    "research.view_reader": "editor auditor head_office",
    "research.approve_report": "editor head_office",
    "research.read_report": "editor head_office",
    "research.change_report": "editor",
    "research.view_series": "editor auditor head_office",
    "research.change_series": "editor",
    "research.view_download": "editor auditor",
    "branches.change_branch": "head_office",
    "branches.appoint": "head_office",
    "branches.write_notice": "officer other_officer head_office",
    "directory.view_profile": "officer other_officer auditor head_office",
    "directory.moderate_profile": "officer other_officer head_office",
    "programmes.write_partner": "officer other_officer head_office",
    "community.view_post": "officer other_officer auditor head_office",
    "community.write_post": "officer other_officer head_office",
    "community.moderate": "officer other_officer head_office",
    "community.name_contributor": "head_office",
    "programmes.write_project": "officer other_officer head_office",
    "programmes.view_consulting": "officer other_officer auditor head_office",
    "programmes.run_consulting": "officer other_officer head_office",
    "core.change_holiday": "head_office",
    "retention.view_destruction": "auditor head_office",
    "retention.propose_destruction": "head_office",
    "retention.approve_destruction": "",
    "retention.open_identity": "",
    "audit.view_entry": "auditor",
    "mail.view_message": "officer other_officer auditor head_office",
    "mail.resend_message": "officer other_officer head_office",
    "documents.view_document": "officer other_officer treasurer auditor head_office",
    "documents.issue_document": "officer other_officer head_office",
    "documents.void_document": "head_office",
    "desk.open": "officer other_officer reviewer treasurer editor doorkeeper auditor head_office",
}
AT_A_BRANCH = {"officer", "other_officer"}


def test_every_verb_is_said_here() -> None:
    assert set(MAY) == VERBS
    assert set(ROLES) == set(Role.values)


@pytest.mark.parametrize("verb", sorted(MAY))
def test_verb_is_held_by(cast: Cast, verb: str) -> None:
    people = {name: person for name, person in vars(cast).items() if isinstance(person, User)}
    holders = {name for name, person in people.items() if person.has_perm(verb)}
    assert holders == set(MAY[verb].split())
    for name in holders:
        scope = Scope.of(people[name], verb)
        assert scope.everywhere == (name not in AT_A_BRANCH)
    assert ("officer" in holders) == people["officer"].has_perm(verb, cast.busan)
    assert not people["officer"].has_perm(verb, cast.daegu)
    assert not people["other_officer"].has_perm(verb, cast.busan)


def test_only_the_auditor_and_editors_write_nothing_of_others(cast: Cast) -> None:
    changing = {
        verb
        for verb in ROLES[Role.AUDITOR]
        if not verb.split(".")[1].startswith("view_") and verb != "desk.open"
    }
    assert changing == set()


def test_treasurer_writes_no_content_and_secretariat_moves_no_money() -> None:
    assert {verb for verb in ROLES[Role.TREASURER] if verb.startswith(("events", "research"))} == (
        set()
    )
    assert not ROLES[Role.SECRETARIAT] & {"payments.confirm_deposit", "payments.approve_refund"}
    assert not ROLES[Role.SYSTEM_ADMIN] & {"members.view_member", "payments.view_order"}


def test_operator_is_not_staff_by_that(cast: Cast) -> None:
    operator = factories.make_user("operator", is_superuser=True)
    for verb in VERBS:
        assert not operator.has_perm(verb, cast.busan)
        assert not Scope.of(operator, verb)
    client = Client()
    client.force_login(operator, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/staff/").status_code == 403
    assert client.get("/staff/branches/").status_code == 403


def test_unknown_verb_is_a_mistake_of_ours(cast: Cast) -> None:
    with pytest.raises(LookupError):
        Scope.of(cast.head_office, "members.fly")
    assert not cast.head_office.has_perm("members.fly")


def test_inactive_person_holds_nothing(cast: Cast) -> None:
    cast.officer.is_active = False
    assert not Scope.of(cast.officer, "desk.open")


def test_offices_at_two_branches_add_up(cast: Cast) -> None:
    factories.appoint(cast.officer, Role.BRANCH_OFFICER, cast.daegu)
    permitted = Branch.objects.permitted(cast.officer, "members.view_member")
    assert set(permitted) == {cast.busan, cast.daegu}


def test_navigation_shows_what_opens(cast: Cast, login: Any) -> None:
    page = login("doorkeeper").get("/staff/events/")
    links = str(page.context["staff_links"])
    till = "/staff/tills/"
    urls = ["/staff/", "/staff/meetings/", "/staff/events/", till, "/staff/batches/"]
    assert re.findall(r'href="(/staff/[^"]*)"', links) == urls
    assert re.findall(r'href="([^"]*)" aria-current="page"', links) == ["/staff/events/"]


def test_navigation_is_of_whoever_looks(cast: Cast, login: Any) -> None:
    """Drawn once for all who may do the same, so never for two who may not."""
    ours = login("doorkeeper").get("/staff/").context["staff_links"]
    theirs = login("treasurer").get("/staff/").context["staff_links"]

    assert "/staff/ledger/" in theirs
    assert "/staff/ledger/" not in ours


def test_navigation_marks_the_place_of_a_page() -> None:
    assert place_of("/staff/") == "/staff/"
    assert place_of("/staff/orders/K-1/") == "/staff/orders/"
    assert place_of("/staff/search/") == ""
