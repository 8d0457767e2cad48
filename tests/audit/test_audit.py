"""The record: written with the change, sealed in a chain, read by few."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import RequestFactory

from kosna.audit import actions as audit
from kosna.audit.models import Entry, Seal
from kosna.core.errors import Refused
from kosna.core.models import AppendOnlyQuerySet
from tests.conftest import Cast

pytestmark = pytest.mark.django_db


def write(cast: Cast, count: int = 3) -> list[Entry]:
    return [
        audit.record("members.test", cast.regular_member, by=cast.head_office, number=number)
        for number in range(count)
    ]


def change(entry: Entry, **fields: Any) -> None:
    """As somebody with the database in hand would."""
    (column, value), *_rest = fields.items()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        else:
            cursor.execute("DROP TRIGGER IF EXISTS audit_entry_no_update")
        cursor.execute(
            f"UPDATE audit_entry SET {column} = %s WHERE id = %s",  # noqa: S608
            [value, entry.pk],
        )


def test_entries_recorded_together_are_one_statement(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1), audit.together():
        write(cast)
    assert [entry.facts["number"] for entry in Entry.objects.order_by("pk")] == [0, 1, 2]


def test_together_or_not_what_is_undone_was_never_recorded(cast: Cast) -> None:
    with audit.together():
        write(cast, 1)
        with pytest.raises(Refused), transaction.atomic():
            write(cast)
            raise Refused("undone")
    with pytest.raises(Refused), transaction.atomic(), audit.together():
        write(cast)
        raise Refused("undone")
    assert Entry.objects.count() == 1


def test_entry_takes_the_branch_of_its_target(cast: Cast) -> None:
    (entry,) = write(cast, 1)
    assert (entry.branch, entry.actor, entry.target) == (
        cast.busan,
        "head_office",
        str(cast.regular_member),
    )


def test_entry_goes_with_the_change(cast: Cast) -> None:
    with pytest.raises(Refused), transaction.atomic():
        write(cast)
        raise Refused("no")
    assert not Entry.objects.exists()


def test_sealed_chain_holds(cast: Cast) -> None:
    write(cast)
    assert audit.seal() == 3
    assert audit.seal() == 0
    write(cast, 2)
    assert audit.seal() == 2
    assert list(Seal.objects.order_by("position").values_list("position", flat=True)) == [
        1,
        2,
        3,
        4,
        5,
    ]
    assert audit.broken_seals() == []


@pytest.mark.parametrize(
    "fields",
    [
        {"actor": "somebody else"},
        {"verb": "members.other"},
        {"target": "something else"},
        {"reason": "because"},
        {"facts": '{"number": 9}'},
        {"subjects": "[9]"},
    ],
)
def test_changed_entry_is_named(cast: Cast, fields: dict[str, str]) -> None:
    entries = write(cast)
    audit.seal()
    assert audit.broken_seals() == []
    change(entries[1], **fields)
    assert audit.broken_seals() == [f"entry {entries[1].pk} does not match its seal"]


def test_rewritten_seal_is_noticed_by_the_next(cast: Cast) -> None:
    """Whoever changes an entry and its seal would have to change every later seal too."""
    entries = write(cast)
    audit.seal()
    change(entries[0], actor="somebody else")
    entries[0].refresh_from_db()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE audit_seal DISABLE TRIGGER USER")
        else:
            cursor.execute("DROP TRIGGER IF EXISTS audit_seal_no_update")
        cursor.execute(
            "UPDATE audit_seal SET hash = %s WHERE entry_id = %s",
            [entries[0].digest(audit.GENESIS), entries[0].pk],
        )
    assert audit.broken_seals() == [f"entry {entries[1].pk} does not match its seal"]


def test_python_neither_changes_nor_deletes(cast: Cast) -> None:
    (entry,) = write(cast, 1)
    for attempt in (
        entry.save,
        entry.delete,
        Entry.objects.all().delete,
        lambda: Entry.objects.update(actor="x"),
    ):
        with pytest.raises(TypeError):
            attempt()


def test_looking_is_on_record(cast: Cast) -> None:
    request = RequestFactory().get("/staff/members/1/", headers={"X-Forwarded-For": "203.0.113.9"})
    request.user = cast.officer
    audit.viewed(request, cast.regular_member, subjects=[cast.regular, cast.regular.pk])
    entry = Entry.objects.get()
    assert (entry.verb, entry.subjects, entry.ip) == (
        "privacy.view",
        [cast.regular.pk],
        "127.0.0.1",
    )
    assert entry.facts == {"page": "/staff/members/1/"}


def test_list_and_filters(cast: Cast, login: Any) -> None:
    write(cast)
    audit.record("members.withdraw", cast.company, by=cast.reviewer)
    client = login("auditor")

    def shown(query: str = "") -> int:
        return client.get(f"/staff/audit/{query}").context["page"].paginator.count

    assert shown() == 4
    assert shown("?verb=members.withdraw") == 1
    assert shown("?q=reviewer") == 1
    assert shown("?on=1999-01-01") == 0
    assert shown("?on=nonsense") == 4


@pytest.mark.parametrize("rows", [1, 3])
def test_list_has_a_constant_query_count(
    cast: Cast, login: Any, django_assert_num_queries: Any, rows: int
) -> None:
    write(cast, rows)
    audit.seal()
    client = login("auditor")
    with django_assert_num_queries(4):
        assert len(client.get("/staff/audit/").context["page"]) == rows


def test_entry_page_shows_whether_the_seal_holds(cast: Cast, login: Any) -> None:
    entries = write(cast, 2)
    client = login("auditor")
    address = f"/staff/audit/{entries[0].pk}/"
    assert client.get(address).context["holds"] is False  # not sealed yet
    audit.seal()
    assert client.get(address).context["holds"] is True
    change(entries[0], actor="somebody else")
    assert client.get(address).context["holds"] is False


@pytest.mark.django_db(transaction=True)
def test_two_workers_seal_one_chain(cast: Cast) -> None:
    write(cast, 20)

    def worker(_number: int) -> int:
        try:
            return audit.seal()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(worker, range(4))) == 20
    assert audit.broken_seals() == []


@pytest.mark.django_db(transaction=True)
def test_twin_without_the_lock_two_workers_seal_the_same(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is locked, and both have read the chain before either writes. Only the unique
    positions are left standing, and they answer with a crash."""
    write(cast, 20)
    meeting = Barrier(2)
    bulk_create = AppendOnlyQuerySet.bulk_create

    def write_together(seals: AppendOnlyQuerySet, rows: list[Seal]) -> list[Seal]:
        meeting.wait(timeout=20)
        return bulk_create(seals, rows)

    def worker(_number: int) -> str:
        try:
            return f"{audit.seal.__wrapped__()} sealed"
        except IntegrityError:
            return "crashed"
        finally:
            connection.close()

    monkeypatch.setattr(AppendOnlyQuerySet, "bulk_create", write_together)
    monkeypatch.setattr(audit, "_take_turns", lambda: None)
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(worker, range(2))) == ["20 sealed", "crashed"]


@pytest.mark.django_db(transaction=True)
def test_the_database_itself_refuses_to_change_an_entry(cast: Cast) -> None:
    (entry,) = write(cast, 1)
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_entry SET actor = 'somebody else' WHERE id = %s", [entry.pk])
    entry.refresh_from_db()
    assert entry.actor == "head_office"
