"""What is held about a person: everything is told, to them alone, in a file that runs nothing."""

import io
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from events.actions import Attendee, register
from kosna.accounts import actions, own_data
from kosna.accounts.guests import open_guest
from kosna.accounts.models import Guest, Policy, User
from kosna.audit import actions as audit
from kosna.audit.models import Entry
from kosna.core import clock
from kosna.mail.models import Message
from tests import factories
from tests.conftest import Cast
from tests.members.test_desk import queries_of
from tests.test_lists import Stock
from tests.test_my_page import attend, happen

pytestmark = pytest.mark.django_db
PAGE, FILE = "/me/data/", "/me/data/file/"

DID = "what somebody did in an office: the association's record, told to those whom it was about"
# Fields that name a user and are not told as that user's own, and why.
NOT_TOLD = {
    "accounts.Guest.user": "a guest has no account to ask with; claimed, it is told by claimed_by",
    "accounts.User_groups.user": "no group is used: offices are told",
    "accounts.User_user_permissions.user": "no permission is given to one person: offices are told",
    "admin.LogEntry.user": DID,
    "api.Token.issued_by": DID,
    "api.Token.revoked_by": DID,
    "branches.BranchNotice.withdrawn_by": DID,
    "branches.BranchNotice.written_by": DID,
    "branches.Proposal.decided_by": DID,
    "branches.Proposal.proposed_by": DID,
    "community.AbuseReport.decided_by": DID,
    "community.Comment.ended_by": DID,
    "community.Contributor.named_by": DID,
    "community.Post.ended_by": DID,
    "core.Batch.by": "work in hand, shown at /me/work/; what it made is told",
    "directory.AbuseReport.decided_by": DID,
    "directory.Block.by": "told by the entry that blocks",
    "directory.Consent.withdrawn_by": "told by its entry",
    "directory.Introduction.closed_by": "told by its entries",
    "directory.Profile.hidden_by": DID,
    "events.Attendance.by": DID,
    "events.Call_reviewers.user": DID,
    "events.CheckIn.by": DID,
    "events.ClassSeries.made_by": DID,
    "events.DoorDevice.added_by": DID,
    "events.DoorDevice.cashier": DID,
    "events.DoorDevice.revoked_by": DID,
    "events.DoorSale.by": DID,
    "events.DoorScan.by": DID,
    "events.Exhibitor.hidden_by": DID,
    "events.HandOut.by": DID,
    "events.Instructor.appointed_by": DID,
    "events.Instructor.ended_by": DID,
    "events.KeepingRule.decided_by": DID,
    "events.Material.added_by": DID,
    "events.PlaceRequest.decided_by": DID,
    "events.ProgrammeVersion.published_by": DID,
    "events.Proposal.decided_by": DID,
    "events.Review.reviewer": "an opinion of somebody else's proposal, given in confidence",
    "events.TicketChange.by": "the change is told to whose ticket it is",
    "events.Voucher.made_by": DID,
    "members.AgendaItem.counted_by": DID,
    "members.Application.decided_by": DID,
    "members.Assessment.booked_by": DID,
    "members.Assessment.started_by": DID,
    "members.Charge.booked_by": DID,
    "members.CompanyChange.asked_by": "a company's matter",
    "members.CompanyChange.decided_by": DID,
    "members.CompanyDomain.claimed_by": "a company's matter",
    "members.CompanyDomain.proven_by": "a company's matter",
    "members.DuesNotice.sent_by": DID,
    "members.Exclusion.by": DID,
    "members.Exemption.granted_by": DID,
    "members.Import.by": DID,
    "members.ImportRow.user": "a working copy that is purged; what came of it is told",
    "members.Inspection.decided_by": DID,
    "members.Inspection.entered_by": DID,
    "members.Invitation.closed_by": DID,
    "members.Invitation.invited_by": "names whoever was invited",
    "members.Meeting.called_by": DID,
    "members.Meeting.closed_by": DID,
    "members.Meeting.opened_by": DID,
    "members.Presence.by": DID,
    "members.Proxy.given_by": "told by its voter",
    "members.Proxy.revoked_by": "told by its voter",
    "members.RegisterEntry.by": DID,
    "members.Removal.decided_by": DID,
    "members.Removal.proposed_by": DID,
    "members.Seat.ended_by": DID,
    "members.SeatRequest.decided_by": DID,
    "members.ShareRule.entered_by": DID,
    "members.Suspension.decided_by": DID,
    "members.Suspension.restored_by": DID,
    "members.TierChange.decided_by": DID,
    "members.TierChange.requested_by": "told by its membership",
    "members.Transfer.cleared_by": DID,
    "members.Transfer.decided_by": DID,
    "members.Transfer.requested_by": "told by its membership",
    "members.WrittenVote.by": "told by its voter",
    "payments.Adjustment.decided_by": DID,
    "payments.Adjustment.proposed_by": DID,
    "payments.Alias.user": "a name from a statement of a bank, which may be somebody else's",
    "payments.BankFile.by": DID,
    "payments.DepositReturn.returned_by": DID,
    "payments.Match.matched_by": DID,
    "payments.Match.unmatched_by": DID,
    "payments.MoneyRule.decided_by": DID,
    "payments.NotedDeposit.decided_by": DID,
    "payments.NotedDeposit.noted_by": DID,
    "payments.OutgoingMatch.matched_by": DID,
    "payments.OutgoingMatch.unmatched_by": DID,
    "payments.Payment.recorded_by": DID,
    "payments.Payout.recorded_by": DID,
    "payments.Proof.exported_by": DID,
    "payments.Proof.requested_by": "told by its order",
    "payments.ProofIssue.recorded_by": DID,
    "payments.ProviderEvent.decided_by": DID,
    "payments.Reconciliation.by": DID,
    "payments.Refund.approved_by": DID,
    "payments.Refund.requested_by": "told by its order",
    "payments.RefundAccount.typed_by": "told by its order",
    "payments.Statement.approved_by": DID,
    "payments.Statement.locked_by": DID,
    "payments.Statement.prepared_by": DID,
    "payments.Task.done_by": DID,
    "payments.Till.counted_by": DID,
    "payments.Till.keeper": DID,
    "payments.Till.received_by": DID,
    "payments.TransferFile.created_by": DID,
    "payments.TransferFile.handed_in_by": DID,
    "programmes.Consultant.added_by": DID,
    "programmes.Consultant.retired_by": DID,
    "programmes.ConsultingRequest.assigned_by": DID,
    "programmes.ConsultingRequest.ended_by": "told by its request",
    "programmes.ConsultingRequest.reported_by": "told by its consultant",
    "programmes.ConsultingRequest.scheduled_by": "told by its consultant",
    "programmes.ConsultingRound.written_by": DID,
    "programmes.Partner.written_by": DID,
    "retention.ClosedAccount.user": "who closed an account cannot ask on the portal any more",
    "retention.Destruction.decided_by": DID,
    "retention.Destruction.proposed_by": DID,
    "programmes.Project.written_by": DID,
    "programmes.ProjectApplication.decided_by": DID,
    "research.Edition.prepared_by": DID,
    "research.Erratum.by": DID,
    "research.Observation.by": DID,
    "research.Permit.given_by": DID,
    "research.SeriesImport.by": DID,
    "research.Step.by": DID,
}


@pytest.fixture(autouse=True)
def unhurried() -> None:
    caches["pace"].clear()


def confirm(client: Client) -> None:
    asked = client.get(f"{PAGE}confirm/", follow=True)
    [(address, _status)] = asked.redirect_chain
    done = client.post(address, {"password": "password"}, follow=True)
    assert done.redirect_chain[-1][0] == PAGE


def taken(client: Client) -> dict[str, list[dict[str, Any]]]:
    answer = client.post(FILE, {"format": "json"})
    assert answer.status_code == 200
    return json.loads(answer.content)["kinds"]


def naming_a_user() -> dict[str, tuple[str, str]]:
    """Each field that names a user, with its table and column."""
    return {
        f"{model._meta.label}.{field.name}": (model._meta.db_table, field.column)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if field.related_model is User
    }


def test_whatever_names_a_user_is_told_or_left_out_for_a_reason() -> None:
    """A field is told where some kind looks for the reader in it."""
    key = 987_654_321
    looked_in = {
        place
        for kind in own_data.kinds()
        for place in re.findall(
            rf'"(\w+)"\."(\w+)" = {key}\b', str(kind.rows(User(pk=key)).order_by().query)
        )
    }
    told = {name for name, place in naming_a_user().items() if place in looked_in}

    assert told | set(NOT_TOLD) == set(naming_a_user())
    assert not told & set(NOT_TOLD)


def test_a_kind_has_one_code_that_names_a_sheet() -> None:
    for kind in own_data.kinds():
        assert re.fullmatch("[a-z_]{3,31}", kind.code)
        assert str(kind.title) and kind.facts
    with pytest.raises(ValueError, match="twice"):
        own_data.register("orders", "", lambda user: User.objects.none())


SECRET = ("password", "secret", "token", "fingerprint", "seed", "session_key", "data", "sealed")


def test_no_kind_tells_a_secret() -> None:
    paths = {path for kind in own_data.kinds() for path in kind.facts.values()}
    assert not [path for path in paths if any(word in path.split("__")[-1] for word in SECRET)]
    # Of staff, what /me/looks/ shows alone.
    assert not [path for path in paths if re.search("_by(__|$)", path)]
    assert [kind.code for kind in own_data.kinds() if "actor" in kind.facts] == ["looks"]


def hold(cast: Cast) -> None:
    """Some of everything an account has, for ``regular`` and for ``lapsed``."""
    for user in (cast.regular, cast.lapsed):
        terms = actions.current_policy(Policy.Kind.TERMS)
        actions.give_consent(user=user, policy=terms, ip="192.0.2.1")
        SocialAccount.objects.create(user=user, provider="kakao", uid=f"UID-{user.pk}")
        Authenticator.objects.create(user=user, type="totp", data={"secret": "HUSH"})
        Message.objects.create(
            template="x", to=user.email, user=user, language="ko", subject=f"메일 {user.name}",
            text="HUSH", message_id=f"<{user.pk}@x>",
        )  # fmt: skip
        entry = audit.record("privacy.view", user, by=cast.officer, reason="문의")
        entry.looks.create(user_id=user.pk)


def test_the_file_has_every_kind_and_nothing_of_anybody_else(
    cast: Cast, login: Callable[[str], Client]
) -> None:
    ticket = factories.make_ticket(
        factories.make_event(starts_at=clock.now() + timedelta(hours=1)),
        prices={None: 55_000},
        max_per_order=3,
    )
    me = Attendee("regular", "regular@example.test", is_buyer=True)
    friend = Attendee("박서준", "friend@example.test", "친구 회사")
    attend(register(ticket=ticket, attendees=[me, friend], by=cast.regular))
    other = Attendee("lapsed", "lapsed@example.test", is_buyer=True)
    attend(register(ticket=ticket, attendees=[other], by=cast.lapsed))
    happen(cast, 900)
    client = login("regular")
    confirm(client)
    hold(cast)
    answer = client.post(FILE, {"format": "json"})
    told = json.loads(answer.content)["kinds"]
    text = answer.content.decode()

    assert list(told) == [kind.code for kind in own_data.kinds()]
    [account] = told["account"]
    assert account["email"] == "regular@example.test" and account["name"] == "regular"
    [consent] = told["consents"]
    assert (consent["text"], consent["version"]) == ("terms", "2026-11")
    assert [row["provider"] for row in told["social_links"]] == ["kakao"]
    assert [row["type"] for row in told["second_factors"]] == ["totp"]
    assert "메일 regular" in [row["subject"] for row in told["mails"]]
    [look] = told["looks"]
    assert (look["actor"], look["target"], look["reason"]) == ("officer", "regular", "문의")
    [membership] = told["memberships"]
    assert membership["number"] == cast.regular_member.number
    assert {row["member"] for row in told["periods"]} == {cast.regular_member.number}
    assert 900 in [row["number"] for row in told["documents"]]
    [mine], [theirs] = told["tickets"], told["tickets_for_others"]
    assert mine["name"] == "regular" and theirs["name"] == "박서준"
    assert len(told["check_ins"]) == 1
    lines = [row["amount"] for row in told["order_lines"]]
    assert lines == [55_000, 55_000] and [row["amount"] for row in told["payments"]] == [110_000]
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "attachment" in answer.headers["Content-Disposition"]
    for hushed in ("lapsed", "HUSH", "UID-", "friend@example.test", "친구 회사", "password"):
        assert hushed not in text, hushed


def test_what_was_bought_as_a_guest_is_told_once_it_was_claimed(
    cast: Cast, login: Callable[[str], Client]
) -> None:
    mail = Message(template="x", to="guest@example.test", language="ko", subject="비회원 주문")
    guest = open_guest(
        name="손님", email="guest@example.test", phone="", language="ko",
        form_key="0a7a8e8c-6f0b-4b1c-9f5e-000000000001", ip=None,
    )  # fmt: skip
    mail.user = guest.user
    mail.save()
    client = login("regular")
    confirm(client)
    before = taken(client)
    assert before["guest_addresses"] == [] and before["consents"] == before["mails"] == []
    Guest.objects.filter(pk=guest.pk).update(claimed_by=cast.regular)
    after = taken(client)
    assert [row["email"] for row in after["guest_addresses"]] == ["guest@example.test"]
    assert [(row["text"], row["channel"]) for row in after["consents"]] == [("privacy", "guest")]
    assert [row["subject"] for row in after["mails"]] == ["비회원 주문"]


def test_the_workbook_has_a_sheet_a_kind_and_no_formula(
    cast: Cast, login: Callable[[str], Client]
) -> None:
    User.objects.filter(pk=cast.regular.pk).update(name='=HYPERLINK("http://x")')
    client = login("regular")
    confirm(client)
    answer = client.post(FILE, {"format": "xlsx"})
    assert answer.headers["Cache-Control"] == "private, no-store"
    book = load_workbook(io.BytesIO(answer.content))

    assert book.sheetnames == [kind.code for kind in own_data.kinds()]
    heading, account = book["account"].iter_rows()
    assert [cell.value for cell in heading] == [*own_data.kinds()[0].facts]
    assert (account[0].data_type, account[0].value) == ("s", '=HYPERLINK("http://x")')
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_who_one_is_is_asked_once_more_first(cast: Cast, login: Callable[[str], Client]) -> None:
    client = login("regular")
    page = client.get(PAGE)
    assert not page.context["is_confirmed"] and FILE not in page.content.decode()
    assert client.post(FILE, {"format": "json"}).url == f"{PAGE}confirm/"
    asked = client.get(f"{PAGE}confirm/", follow=True)
    wrong = client.post(asked.redirect_chain[0][0], {"password": "wrong"})
    assert wrong.status_code == 200
    assert client.post(FILE).url == f"{PAGE}confirm/"
    assert not Entry.objects.filter(verb="accounts.take_own_data").exists()

    confirm(client)
    assert FILE in client.get(PAGE).content.decode()
    assert client.post(FILE, {"format": "json"}).status_code == 200
    [entry] = Entry.objects.filter(verb="accounts.take_own_data")
    assert (entry.actor_id, entry.subjects) == (cast.regular.pk, [cast.regular.pk])
    assert entry.facts["format"] == "json" and entry.words == "자기 정보의 사본을 받음"


def test_a_person_takes_six_files_a_day(cast: Cast, login: Callable[[str], Client]) -> None:
    client = login("regular")
    confirm(client)
    answers = [client.post(FILE).status_code for _n in range(7)]
    assert answers == [200] * 6 + [429]
    assert Entry.objects.filter(verb="accounts.take_own_data").count() == 6
    refused = client.post(FILE).content.decode()
    assert "하루에 6번까지" in refused
    other = login("lapsed")
    confirm(other)
    assert other.post(FILE).status_code == 200


def test_the_page_says_how_many_there_are_and_how_one_leaves(
    cast: Cast, login: Callable[[str], Client]
) -> None:
    page = login("regular").get(PAGE)
    held = {str(kind): count for kind, count in page.context["held"]}
    assert held["회원 자격"] == held["납부 기간"] == 1
    assert len(held) + len(page.context["nothing_of"]) == len(own_data.kinds())
    text = page.content.decode()
    assert f"/members/leave/{cast.regular_member.pk}/" in text and "10일 안에" in text
    assert "/members/leave/" not in login("company_seat").get(PAGE).content.decode()
    company = login("company_rep").get(PAGE).content.decode()
    assert f"/members/leave/{cast.company.pk}/" in company


def test_it_is_found_from_my_page_and_the_privacy_policy(login: Callable[[str], Client]) -> None:
    for address in ("/me/", "/about/privacy/", "/me/looks/"):
        assert f'href="{PAGE}"' in login("regular").get(address).content.decode(), address
    assert f'href="{PAGE}"' not in login("regular").get("/about/terms/").content.decode()


def test_page_and_file_take_as_many_statements_for_one_row_as_for_three(
    cast: Cast, login: Callable[[str], Client]
) -> None:
    stock = Stock(cast)
    client = login("regular")
    confirm(client)
    stock.one_more()
    page, file = queries_of(client, PAGE), statements_of_file(client)
    stock.one_more()
    stock.one_more()

    assert queries_of(client, PAGE) == page <= len(own_data.kinds()) + 12
    assert statements_of_file(client) == file <= len(own_data.kinds()) + 8


def statements_of_file(client: Client) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.post(FILE, {"format": "xlsx"}).status_code == 200
    return len(queries)
