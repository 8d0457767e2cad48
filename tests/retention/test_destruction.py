"""What has been kept long enough goes on two people's word: once, in slices, with a record."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from events.models import Registration
from kosna.accounts import retention
from kosna.audit.actions import broken_seals, seal
from kosna.audit.models import Entry
from kosna.branches.models import Appointment
from kosna.core import batches, clock
from kosna.core.errors import Refused
from kosna.core.models import Batch
from kosna.documents import actions as documents
from kosna.documents.models import Document
from kosna.mail.models import Message
from kosna.payments.models import Order
from kosna.retention import actions
from kosna.retention.actions import destroying
from kosna.retention.models import ClosedAccount, Destruction
from kosna.verify import verify
from members.models import Application
from tests import factories
from tests.conftest import BACKEND, Cast
from tests.members.test_desk import queries_of
from tests.retention.old import grow_old, send_old_mail

pytestmark = pytest.mark.django_db
LIST = "/staff/destruction/"
Status = Destruction.Status


@pytest.fixture(autouse=True)
def _store(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def due() -> dict[str, int]:
    return {kind.due.code: kind.number for kind in actions.dry_run(clock.now()) if kind.number}


def problems() -> dict[str, list[str]]:
    while Entry.objects.unsealed().exists():
        seal()
    return {name: found for name, found in verify().items() if found}


def test_what_is_due_goes_and_what_rests_on_it_agrees(
    cast: Cast, officer_of_privacy: Any, django_capture_on_commit_callbacks: Any
) -> None:
    person = grow_old(cast)
    send_old_mail("old@example.test")
    expected = {
        "documents": 1, "orders": 1, "places": 1, "mails": 1, "closed_accounts": 1,
    }  # fmt: skip
    # The refused application was emptied when the account was closed.
    assert due() == expected
    file = Document.objects.get(subject=person).file
    stored = (file.storage, file.name)
    assert problems() == {}

    proposed = actions.propose(note="연 1회 파기", by=cast.head_office)
    assert due() == expected  # a proposal destroys nothing
    actions.approve(proposed, by=officer_of_privacy[0])
    with django_capture_on_commit_callbacks(execute=True):
        batches.run_all()

    proposed.refresh_from_db()
    assert proposed.status == Status.DONE and due() == {}
    assert {item.kind: item.destroyed for item in proposed.items.all()} == expected
    order = Order.objects.get(user=person)
    assert order.buyer_name == "—" and order.total == 30_000
    place = Registration.objects.get()
    assert (place.name, place.email) == ("—", "")
    assert not Message.objects.filter(to="old@example.test").exists()
    assert ClosedAccount.objects.get().sealed is None
    paper = Document.objects.get(subject=person)
    assert (paper.name, paper.facts, paper.file.name) == ("—", {}, "")
    assert not stored[0].exists(stored[1])
    with pytest.raises(Refused):
        documents.pdf_of(paper)
    shown = Client().get(f"/verify/{paper.code}/").content.decode()
    assert paper.serial in shown
    # Books, numbers and the chain are as they were.
    assert problems() == {} and broken_seals() == []
    verbs = ["retention.propose", "retention.approve", "retention.destroy"]
    assert [
        *Entry.objects.filter(verb__in=verbs).order_by("pk").values_list("verb", flat=True)
    ] == (verbs)
    last = Entry.objects.get(verb="retention.destroy")
    assert last.facts == {"destroyed": expected} and last.actor == "개인정보 보호책임자"

    # A second run finds nothing.
    with pytest.raises(Refused):
        actions.propose(note="", by=cast.head_office)
    assert batches.run_all() == 0


def test_what_is_young_or_of_open_accounts_stays(cast: Cast) -> None:
    person = grow_old(cast)
    assert due()
    type(person).objects.filter(pk=person.pk).update(closed_at=None)
    assert due() == {"closed_accounts": 1}
    ClosedAccount.objects.update(closed_at=clock.now())
    assert due() == {}


def test_declined_applications_go_a_year_after_the_decision(
    cast: Cast, officer_of_privacy: Any
) -> None:
    grow_old(cast)
    Application.objects.update(name="누군가", phone="+821000000001")
    assert due()["applications"] == 1
    keys = [Application.objects.get().pk]
    kind = retention.due_of("applications")
    kind.destroy(keys)
    row = Application.objects.get()
    assert (row.name, row.phone, row.status) == ("—", "", Application.Status.REJECTED)
    assert row.number and row.decided_by == cast.reviewer
    assert "applications" not in due()


def test_each_kind_leaves_nothing_that_is_due(cast: Cast) -> None:
    grow_old(cast)
    send_old_mail("old@example.test")
    Application.objects.update(name="누군가")
    for kind in retention.dues():
        rows = kind.due(clock.now())
        kind.destroy(list(rows.values_list("pk", flat=True)))
        assert not kind.due(clock.now()).exists(), kind.code
        kind.destroy([])


def test_only_what_was_listed_goes(cast: Cast, officer_of_privacy: Any) -> None:
    first = send_old_mail("first@example.test")
    proposed = actions.propose(note="", by=cast.head_office)
    send_old_mail("second@example.test")
    actions.approve(proposed, by=officer_of_privacy[0])
    batches.run_all()
    first.refresh_from_db()
    assert first.to == ""
    assert due() == {"mails": 1}


def test_a_worker_that_dies_half_way_is_followed_by_another(
    cast: Cast, officer_of_privacy: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(destroying, "SLICE", 2)
    for number in range(5):
        send_old_mail(f"old{number}@example.test")
    proposed = actions.propose(note="", by=cast.head_office)
    actions.approve(proposed, by=officer_of_privacy[0])
    item = proposed.items.get()
    assert destroying.destroy_slice(item, proposed.as_of) == 2
    assert due() == {"mails": 3}
    batches.run_all()
    item.refresh_from_db()
    assert (item.number, item.destroyed, item.position) == (5, 5, 5)
    assert destroying.destroy_slice(item, proposed.as_of) == 0
    destroying.finish(proposed, by=cast.head_office)
    assert Entry.objects.filter(verb="retention.destroy").count() == 1


def test_work_that_was_stopped_is_gone_on_with(cast: Cast, officer_of_privacy: Any) -> None:
    person, client = officer_of_privacy
    send_old_mail("old@example.test")
    proposed = actions.propose(note="", by=cast.head_office)
    batch = actions.approve(proposed, by=person)
    proposed.refresh_from_db()
    assert not actions.rests(proposed)
    with pytest.raises(Refused):
        actions.resume(proposed, by=person)
    batches.cancel(batch)
    assert "resume/" in client.get(proposed.get_absolute_url()).content.decode()
    client.post(f"{proposed.get_absolute_url()}resume/")
    batches.run_all()
    proposed.refresh_from_db()
    assert proposed.status == Status.DONE
    assert Batch.objects.filter(kind=actions.DESTROY).count() == 2


def test_nobody_approves_what_they_proposed(cast: Cast, officer_of_privacy: Any) -> None:
    person, client = officer_of_privacy
    send_old_mail("old@example.test")
    proposed = actions.propose(note="", by=person)
    address = proposed.get_absolute_url()
    assert "approve/" not in client.get(address).content.decode()
    for deed in (
        lambda: actions.approve(proposed, by=person),
        lambda: actions.refuse(proposed, reason="x", by=person),
    ):
        with pytest.raises(Refused):
            deed()
    client.post(f"{address}approve/")
    proposed.refresh_from_db()
    assert proposed.status == Status.PROPOSED
    with pytest.raises(IntegrityError), transaction.atomic():
        Destruction.objects.update(
            status=Status.APPROVED, decided_by=person, decided_at=clock.now()
        )
    client.post(f"{address}withdraw/")
    proposed.refresh_from_db()
    assert proposed.status == Status.WITHDRAWN and due() == {"mails": 1}


def test_a_refusal_says_why_and_another_may_be_proposed(
    cast: Cast, officer_of_privacy: Any
) -> None:
    client = officer_of_privacy[1]
    send_old_mail("old@example.test")
    proposed = actions.propose(note="", by=cast.head_office)
    with pytest.raises(Refused):
        actions.propose(note="", by=cast.head_office)
    with pytest.raises(Refused):
        actions.withdraw(proposed, by=officer_of_privacy[0])
    address = proposed.get_absolute_url()
    assert client.post(f"{address}refuse/", {"reason": ""}).status_code == 422
    client.post(f"{address}refuse/", {"reason": "감사가 끝난 뒤에"})
    assert "감사가 끝난 뒤에" in client.get(address).content.decode()
    with pytest.raises(Refused):
        actions.approve(Destruction.objects.get(), by=officer_of_privacy[0])
    assert actions.propose(note="", by=cast.head_office)


def test_the_desk_proposes_and_the_officer_approves(
    cast: Cast, login: Any, officer_of_privacy: Any
) -> None:
    send_old_mail("old@example.test")
    desk, client = login("head_office"), officer_of_privacy[1]
    page = desk.get(LIST)
    assert page.context["total"] == 1 and "propose/" in page.content.decode()
    assert "old@example.test" not in page.content.decode()
    made = desk.post(f"{LIST}propose/", {"note": "정기 파기"})
    assert made.status_code == 302
    assert "approve/" not in desk.get(made.url).content.decode()
    assert desk.post(f"{made.url}approve/").status_code == 403
    assert "정기 파기" in client.get(made.url).content.decode()
    client.post(f"{made.url}approve/")
    batches.run_all()
    assert Destruction.objects.get().status == Status.DONE
    assert "propose/" not in desk.get(LIST).content.decode()


def test_a_branch_destroys_nothing(cast: Cast, login: Any) -> None:
    person = factories.make_user("지부 책임자")
    factories.appoint(person, Appointment.Role.PRIVACY_OFFICER, cast.busan)
    client = Client()
    client.force_login(person, backend=BACKEND)
    for address in (LIST, "/staff/closed-accounts/", f"{LIST}schedule/"):
        assert client.get(address).status_code == 403, address


def test_the_lists_take_as_many_statements_for_one_row_as_for_three(
    cast: Cast, login: Any, officer_of_privacy: Any
) -> None:
    def one_more(number: int) -> None:
        send_old_mail(f"old{number}@example.test")
        proposed = actions.propose(note="", by=cast.head_office)
        actions.approve(proposed, by=officer_of_privacy[0])
        batches.run_all()

    client = officer_of_privacy[1]
    one_more(1)
    actions.close_account(ip=None, by=cast.company_seat)
    lists = (LIST, "/staff/closed-accounts/")
    one = [queries_of(client, address) for address in lists]
    one_more(2)
    one_more(3)
    actions.close_account(ip=None, by=cast.account)
    assert [queries_of(client, address) for address in lists] == one
