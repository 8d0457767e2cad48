"""The demonstration: loaded once, everything in it agrees, and no page is empty."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import FileField
from django.test import Client, override_settings

from events.models import Event, Material, PlaceRequest, Registration, Ticket
from events.offers import State, invite
from kosna.accounts.models import Guest, User
from kosna.audit.models import Entry
from kosna.branches.models import Appointment, Branch, Term
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.korean import parse_business_number
from kosna.demo import companies, money, research, rooms
from kosna.demo.events import span
from kosna.demo.large import Scale, load_large
from kosna.demo.loading import load
from kosna.demo.people import PASSWORD, account, logins
from kosna.demo.story import Story
from kosna.mail.models import Message
from kosna.management import demo_reports
from kosna.management.commands.dump_ledger import TABLES
from kosna.payments.models import (
    Attempt,
    Disagreement,
    Order,
    Payment,
    Proof,
    Refund,
    Statement,
    Task,
)
from kosna.verify import files_are_as_they_were_stored, files_are_there, verify
from members.access import entitlement
from members.community.models import Board, Post
from members.community.models.boards import Boards
from members.models import Application, ApplicationFile, Member, Organisation
from members.standing import standing_of
from research.models import Report, SeriesImport

# Every list of the desk, and who opens it.
LISTS = {
    "/staff/applications/": "reviewer",
    "/staff/members/": "hq",
    "/me/looks/": "regular",
    "/staff/transfers/": "busan",
    "/staff/tier-changes/": "reviewer",
    "/staff/terms/": "hq",
    "/staff/proposals/": "admin",
    "/staff/notices/": "busan",
    "/staff/projects/": "daegu",
    "/me/projects/": "contact",
    "/staff/consulting/": "busan",
    "/staff/consulting/?status=received": "hq",
    "/staff/consulting/consultants/": "busan",
    "/staff/consulting/rounds/": "hq",
    "/staff/consulting/figures/": "hq",
    "/me/consulting/": "regular",
    "/me/consulting/assigned/": "lifetime",
    "/staff/partners/": "busan",
    "/staff/partners/?state=past": "daegu",
    "/staff/community/": "busan",
    "/staff/community/?state=draft": "hq",
    "/staff/community/reports/": "hq",
    "/staff/community/contributors/": "hq",
    "/community/exchange/": "regular",
    "/community/contributors/": "regular",
    "/members/directory/": "regular",
    "/me/introductions/": "regular",
    "/staff/directory/": "busan",
    "/staff/directory/reports/": "busan",
    "/staff/documents/": "hq",
    "/staff/removals/": "hq",
    "/staff/removals/forfeitures/": "hq",
    "/staff/removals/forfeitures/decide/": "reviewer",
    "/staff/company-changes/": "hq",
    "/staff/register/": "hq",
    "/staff/register/requests/": "hq",
    "/staff/meetings/": "hq",
    "/staff/events/": "hq",
    "/staff/answers/": "hq",
    "/staff/events/busan-small-business-sns/waiting/": "busan",
    "/staff/orders/": "treasurer",
    "/staff/deposits/": "treasurer",
    "/staff/deposits/orders/": "treasurer",
    "/staff/deposits/noted/": "treasurer",
    "/staff/deposits/files/": "treasurer",
    "/staff/deposits/accounts/": "treasurer",
    "/staff/refunds/": "treasurer",
    "/staff/money-tasks/": "treasurer",
    "/staff/proofs/": "treasurer",
    "/staff/proofs/unasked/": "treasurer",
    "/staff/settlements/": "treasurer",
    "/staff/settlements/?branch=busan": "busan",
    "/staff/settlements/adjustments/": "auditor",
    "/staff/tiers/shares/": "hq",
    "/staff/reconciliation/": "treasurer",
    "/staff/provider-events/": "treasurer",
    "/staff/payment-rules/": "treasurer",
    "/staff/reports/": "editor",
    "/staff/branches/": "hq",
    "/staff/audit/": "auditor",
    "/staff/mail/": "hq",
    "/staff/destruction/": "admin",
    "/staff/closed-accounts/": "hq",
}


@pytest.fixture(scope="module")
def loaded(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """The demonstration, loaded once for all tests here, with the payment sandbox set up; three
    reports instead of twelve, as drawing them takes its time. Gives the folder of its files."""
    folder = tmp_path_factory.mktemp("demo")
    chosen = [demo_reports.REPORTS[index] for index in (3, 10, 11)]
    surroundings = override_settings(MEDIA_ROOT=folder / "media")
    money.sandbox.cache_clear()
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        pytest.MonkeyPatch.context() as patch,
        surroundings,
    ):
        patch.setenv("SANDBOX_DB", str(folder / "sandbox.sqlite3"))
        patch.setenv("SANDBOX_PUBLIC_URL", "http://localhost:8001")
        for module in (demo_reports, research):
            patch.setattr(module, "REPORTS", chosen)
        assert load()
        yield folder
        transaction.set_rollback(True)
    money.sandbox().store.close()
    money.sandbox.cache_clear()


@pytest.fixture
def demo(loaded: Path, db: None, settings) -> None:
    settings.MEDIA_ROOT = loaded / "media"


def client_of(key: str) -> Client:
    client = Client()
    client.force_login(account(key), "allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_everything_in_the_demo_agrees(demo: None) -> None:
    assert {name: problems for name, problems in verify().items() if problems} == {}
    assert not load()
    assert set(Application.objects.values_list("status", flat=True)) == set(Application.Status)
    assert set(Order.objects.values_list("status", flat=True)) == set(Order.Status)
    assert set(Refund.objects.values_list("status", flat=True)) == set(Refund.Status)
    assert not [event for event in Event.objects.all() if "오늘" in event.summary_ko]
    assert set(Task.objects.values_list("kind", flat=True)) == {
        "late", "overpaid", "refund", "dispute",
    }  # fmt: skip
    assert set(Proof.objects.values_list("status", flat=True)) == set(Proof.Status)
    assert set(Registration.objects.values_list("status", flat=True)) == set(Registration.Status)
    assert not Message.objects.filter(status=Message.Status.QUEUED).exists()
    assert Message.objects.filter(template="search_fits", user=account("regular")).count() == 1
    assert all(parse_business_number(row.business_number) for row in Organisation.objects.all())

    # Busan's months: one paid out, one approved, one that runs with an adjustment.
    months = Statement.objects.filter(branch__code="busan").order_by("-month")[:3]
    assert [row.status for row in months] == ["draft", "approved", "locked"]
    assert months[2].payout.amount == months[2].closing
    assert months[0].entries.filter(adjustment__corrects=months[2]).exists()

    # Members stand as the README says.
    today = clock.today()
    standings = {
        key: standing_of(Member.objects.of(account(key)).get(), today).code
        for key in ("regular", "lapsed", "associate", "student", "jeju", "maria", "ceo", "seat")
    }
    assert standings == dict.fromkeys(standings, "good") | {"lapsed": "arrears"}
    assert not Member.objects.of(account("account")).exists()

    # The story can be clicked: a priority window, a class today, a report that opens to some first.
    window = Event.objects.get(slug="g-valley-social-data")
    now = clock.now()
    assert invite(window, account("regular"), now).state == State.EARLY
    assert invite(window, account("regular"), now).best.price == 33_000
    assert invite(window, account("account"), now).state == State.LATER
    assert invite(window, account("lapsed"), now).state == State.LATER
    today_class = Event.objects.get(slug="citizen-sns-class-11")
    assert invite(today_class, account("account"), now).is_open
    clocked = Report.objects.get(slug="privacy-law-social-data-2026")
    assert entitlement(account("regular"), clocked, now).allowed
    assert entitlement(account("associate"), clocked, now).code == "later"


def test_every_list_shows_something_and_english_pages_are_english(demo: None) -> None:
    for address, key in LISTS.items():
        response = client_of(key).get(address)
        assert response.status_code == 200, address
        content = response.content.decode()
        assert 'class="empty' not in content, address
    visitor = Client()
    pages = ["/", "/members/", "/events/", "/events/?past=1", "/research/", "/branches/"]
    pages += ["/community/"]
    pages += [board.get_absolute_url() for board in Boards.of_staff]
    pages += [
        post.get_absolute_url()
        for post in Post.objects.shown(clock.now()).exclude(board=Board.EXCHANGE)
    ]
    pages += ["/programmes/projects/", "/programmes/projects/citizen-sns-class/"]
    pages += ["/programmes/consulting/", "/programmes/partners/", "/programmes/partners/?past=1"]
    pages += [event.get_absolute_url() for event in Event.objects.published()]
    pages += ["/branches/busan/", *(row.get_absolute_url() for row in Report.objects.published())]
    for address in pages:
        assert visitor.get(address).status_code == 200, address
        assert not hangul_left(visitor, address), address


def hangul_left(client: Client, address: str) -> list[str]:
    """Korean words in the main part of an English page, but for people's own names."""
    client.cookies["language"] = "en"
    content = client.get(address).content.decode()
    del client.cookies["language"]
    main = re.sub(r"<(script|svg).*?</\1>", "", content.partition("<main")[2], flags=re.S)
    text = re.sub(r"<[^>]*>", " ", main.partition("</main>")[0])
    names = set(User.objects.values_list("name", flat=True))
    return [word for word in re.findall(r"[가-힣]+", text) if word not in names]


def test_no_page_of_the_desk_shows_a_member_without_a_trace(demo: None) -> None:
    """All that one comes to from the desk's first page by links, one page of each kind; but for the
    record itself."""
    members = Member.objects.filter(user__is_active=True).values_list("user__name", flat=True)
    officers = {*Appointment.objects.values_list("user__name", flat=True)}
    officers |= {*Term.objects.values_list("name_ko", flat=True)}  # who holds an office is public
    names = {name for name in members if len(name) > 2} - officers
    client, waiting, kinds, looks = client_of("hq"), ["/staff/"], set(), 0
    while waiting:
        address = waiting.pop()
        kind = re.sub(r"/[^/]*\d[^/]*(?=/)|(?<=/events/)[^/]+", "/…", address)
        if kind in kinds:
            continue
        kinds.add(kind)
        before = Entry.objects.count()
        page = client.get(address)
        if not page.headers.get("Content-Type", "").startswith("text/html"):
            continue
        content = page.content.decode()
        waiting += re.findall(r'href="(/staff/[^"#?]*)"', content)
        shown = [name for name in names if name in content[content.find("<main") :]]
        if shown and not address.startswith("/staff/audit/"):
            assert Entry.objects.count() > before, (address, shown)
            looks += 1
    assert looks > 40, sorted(kinds)


def test_everybody_can_log_in(demo: None) -> None:
    for email, name, _note in logins():
        user = User.objects.get(email=email)
        assert user.name == name
    client = Client()
    response = client.post(
        "/accounts/login/", {"login": "regular@example.test", "password": PASSWORD}
    )
    assert response.status_code == 302
    assert client.get("/me/").status_code == 200
    printed = StringIO()
    call_command("demo", logins=True, stdout=printed)
    assert all(email in printed.getvalue() for email, _name, _note in logins())


def test_a_guest_who_has_not_confirmed_yet_does_so_by_the_link_that_is_printed(demo: None) -> None:
    printed = StringIO()
    call_command("demo", logins=True, stdout=printed)
    links = re.findall(r"/(?:orders/guest|tickets/requests)/[\w-]+/", printed.getvalue())
    assert len(links) == 6
    for link in links:
        assert Client().get(link, follow=True).status_code == 200
    unproven = PlaceRequest.objects.get(status="unproven")
    client = Client()
    page = client.get(links[-1]).url
    client.post(f"{page}confirm/", {"request": unproven.pk})
    unproven.refresh_from_db()
    assert unproven.status == "asked"


def test_what_somebody_looks_for_among_the_events_is_there(demo: None) -> None:
    called_off = Event.objects.get(slug=rooms.SEMINAR)
    refunds = Refund.objects.filter(order__lines__registration__event=called_off)
    assert called_off.status == Event.Status.CANCELLED
    assert set(refunds.values_list("status", flat=True)) == {"done", "requested"}
    forum = Event.objects.get(slug=rooms.FORUM)
    days = forum.tickets.filter(needs_approval=False).order_by("sort").values_list("day", flat=True)
    assert list(days) == [None, forum.first_day, forum.first_day + timedelta(days=1)]
    assert days[2] == clock.kst_date(forum.ends_at)

    room = Event.objects.get(slug=rooms.BRIEFING).online_room.url
    place = Registration.objects.get(event__slug=rooms.BRIEFING, user=account("regular"))
    assert room in client_of("regular").get(place.get_absolute_url()).content.decode()
    assert room not in client_of("student").get(f"/events/{rooms.BRIEFING}/").content.decode()

    claimed = Guest.objects.get(claimed_by=account("account"))
    assert claimed.confirmed_at
    assert Registration.objects.get(event__slug=rooms.EXPO, user=account("account")).is_ticket

    past = Event.objects.published().filter(ends_at__lt=clock.now(), materials__isnull=False)
    assert past.distinct().count() == 4
    assert Material.objects.exclude(tiers=None).values("event").distinct().count() == 3
    closed = Branch.objects.get(status=Branch.Status.CLOSED)
    assert closed.opened_on < closed.closed_on


def test_one_begins_a_class_at_any_session(demo: None) -> None:
    for slug in ("citizen-writing-evenings", "citizen-photo-saturdays"):
        event = Event.objects.get(slug=slug)
        assert event.registration_closes_at == event.sessions.latest("starts_at").starts_at
        state = invite(event, account("account"), event.starts_at + timedelta(days=1)).state
        assert state == State.OPEN


def test_a_company_registers_six_people_from_a_list(demo: None) -> None:
    ticket = Ticket.objects.get(event__slug="ai-opinion-analysis", max_per_order=20)
    people = "\n".join(f"직원{n},staff{n}@example.test,연구소" for n in range(6))
    typed = {"ticket": ticket.pk, "affiliation": "한빛데이터㈜", "people": people}
    answer = client_of("corp").post("/events/ai-opinion-analysis/register/list/", typed)
    assert answer.status_code == 302
    assert Order.objects.latest("pk").lines.count() == 6


@pytest.mark.parametrize(
    ("key", "full"),
    [
        ("busan", {"changes", "requests", "tier_changes"}),
        ("daegu", {"changes", "requests"}),
        ("daejeon-president", {"tier_changes"}),
    ],
)
def test_something_waits_at_the_desk_of_every_branch(demo: None, key: str, full: set) -> None:
    """Whatever the day on which the demonstration is loaded."""
    queues = client_of(key).get("/staff/").context["queues"]
    waiting = {one["queue"].name for one in queues if one["count"]}
    everywhere = {"applications", "transfers", "events"}
    assert waiting & {*everywhere, "changes", "requests", "tier_changes"} == everywhere | full


def test_tickets_with_a_minimum_and_a_maximum_can_be_bought(demo: None) -> None:
    now = Ticket.objects.with_room().filter(is_on_sale=True)
    limited = now.get(event__slug="socialtech-expo", max_per_person=2)
    group = now.get(min_per_order=2)
    assert min(limited.seats_left, group.seats_left) > 20


def test_a_file_that_is_gone_or_another_is_noticed(demo: None, settings) -> None:
    media = Path(settings.MEDIA_ROOT)
    for folder in sorted({path.relative_to(media).parts[0] for path in media.rglob("*.*")}):
        (media / folder).rename(media / "away")
        problems = verify()["files_are_there"]
        (media / "away").rename(media / folder)
        assert any(f": {folder}/" in problem for problem in problems), folder
    file = ApplicationFile.objects.order_by("pk").first()
    path, content = Path(file.file.path), Path(file.file.path).read_bytes()
    path.write_bytes(content + b" ")
    changed = verify()["files_are_as_they_were_stored"]
    path.write_bytes(content)
    assert changed == [
        f"members.ApplicationFile {file.pk}: {file.file.name} is not the file that was stored"
    ]


def test_files_are_looked_up_in_one_statement_for_each_field(
    demo: None, django_assert_max_num_queries
) -> None:
    fields = [
        field
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, FileField)
    ]
    assert len(fields) > 12
    with django_assert_max_num_queries(len(fields)):
        assert files_are_there() == []
    with django_assert_max_num_queries(len(fields)):
        assert files_are_as_they_were_stored() == []


def test_the_ledger_s_dump_has_every_table(demo: None) -> None:
    order = Order.objects.order_by("pk").first()
    Attempt.objects.create(
        order=order, provider="stripe", session="cs_1", amount=order.total, expires_at=clock.now()
    )
    printed = StringIO()
    call_command("dump_ledger", jsonl=True, stdout=printed)
    lines = [json.loads(line) for line in printed.getvalue().splitlines()]
    first = {line["table"]: line for line in reversed(lines)}
    assert set(first) == set(TABLES) - {"deposit_return"}  # the demonstration has none
    assert {"capacity", "taken"} <= first["session"].keys()
    assert {"session_id", "registration_id"} <= first["sign_up"].keys()
    assert {"booth__number", "line__order__code", "status"} <= first["booth_booking"].keys()
    assert {"member__number", "user_id", "role"} <= first["seat"].keys()
    attempt = first["attempt"]
    assert (attempt["order__code"], attempt["session"]) == (order.code, "cs_1")


def test_the_large_association_agrees(demo: None) -> None:
    scale = Scale(members=80, reports=12, events=6, registrations=120, downloads=50, entries=70)
    load_large(seed=1, scale=scale)
    assert {name: problems for name, problems in verify().items() if problems} == {}
    assert Member.objects.filter(user__email__startswith="person").count() == 80
    assert Registration.objects.filter(event__slug__startswith="sample").count() == 120
    assert not Entry.objects.unsealed().exists()
    with pytest.raises(Refused):
        load_large(seed=1, scale=scale)


def test_seed_prints_personas(demo: None) -> None:
    printed = StringIO()
    call_command("seed", size="s", seed=1, stdout=printed)
    personas = json.loads(printed.getvalue())["personas"]
    assert {"regular", "busan", "treasurer", "city"} <= {person["key"] for person in personas}


def test_the_demo_is_refused_in_production(db: None, settings) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError):
        call_command("demo")


def test_the_demo_is_refused_where_people_are(db: None, monkeypatch) -> None:
    monkeypatch.setattr("kosna.demo.loading.is_loaded", lambda: False)
    User.objects.create_user("somebody@example.test", "password", name="누군가")
    with pytest.raises(CommandError):
        call_command("demo")


def test_a_story_runs_in_the_order_of_its_dates() -> None:
    told: list[datetime] = []
    with clock.standing_at(datetime(2027, 1, 5, 0, 10, tzinfo=clock.KST)):
        story = Story()
        for instant in (story.ago(1), story.ago(9), story.past(0, 11, 3), story.past(2, 2, 1)):
            story.at(instant, lambda: told.append(clock.now()))
        with pytest.raises(ValueError, match="not come yet"):
            story.at(story.ahead(1, 9), lambda: None)
        story.play()
    assert told == sorted(told)
    assert told[0] == datetime(2025, 2, 1, 1, tzinfo=UTC)


def test_business_numbers_of_the_data_are_right() -> None:
    every = [companies.GAON, companies.MOONLIGHT, companies.HANBIT, companies.NURI, *companies.MORE]
    assert companies.GAON.business_number == "9998100349"
    assert len({company.business_number for company in every}) == len(every)


def test_a_file_of_statistics_waits_for_its_editor(demo: None) -> None:
    imported = SeriesImport.objects.get()
    assert (imported.status, imported.counts) == ("checked", {"new": 1, "changed": 1})
    page = client_of("editor").get(imported.get_absolute_url())
    assert (page.status_code, page.context_data["may_apply"]) == (200, True)


def test_demo_payments_can_be_refunded_in_the_sandbox(demo: None) -> None:
    truth = money.sandbox().truth()
    charged = Payment.objects.filter(provider="stripe").values_list("reference", flat=True)
    [unknown] = Disagreement.objects.standing()
    nobody_knows = money.sandbox().engine.get("checkout.session", unknown.reference)
    assert {intent["id"] for intent in truth["payment_intents"]} == {
        *charged,
        nobody_knows["payment_intent"],
    }
    done = Refund.objects.filter(status=Refund.Status.DONE, payment__provider="stripe")
    assert truth["refunded"] == sum(done.values_list("amount", flat=True))
    known = {refund["id"] for refund in truth["refunds"]}
    assert set(done.values_list("reference", flat=True)) < known


@pytest.mark.parametrize(
    ("loaded_at", "ends"),
    [("04:00", "18:00"), ("12:30", "18:00"), ("16:45", "19:45"), ("22:30", "23:59")],
)
def test_todays_event_is_held_by_day_and_not_over(loaded_at: str, ends: str) -> None:
    now = datetime.fromisoformat(f"2026-11-25T{loaded_at}:00+09:00")
    with clock.standing_at(now):
        first, last = span(Story(), {"day": 0})
    assert (f"{first:%H:%M}", f"{last.astimezone(clock.KST):%H:%M}") == ("10:00", ends)
    assert last > now
