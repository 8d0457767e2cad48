"""Copies: stamped, recorded before they leave, or not handed out at all."""

import hashlib
import io
import subprocess
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from django.core.files.storage import default_storage
from django.test import Client

from kosna.audit.models import Entry
from kosna.core import clock
from research import actions, sending
from research.actions import copies
from research.models import Download, Report
from research.stamping import StampError
from research.tracing import serials_in
from tests import factories
from tests.conftest import Cast

URL = "/research/gated/download/"


@pytest.fixture
def gated(cast: Cast, make_report) -> Report:
    return make_report(
        "gated", tiers=(cast.regular_tier, cast.company_tier), title_ko="여론 보고서"
    )


@pytest.mark.parametrize(
    ("who", "stamped"), [("regular", "regular"), ("company_seat", "홍길동 (㈜가온소셜랩)")]
)
def test_stamp_names_whom_the_association_knows(
    cast: Cast, login, gated: Report, who: str, stamped: str
) -> None:
    """A name typed into the profile is that of a seat, and nobody else's."""
    client = login(who)
    client.post("/accounts/profile/", {"name": "홍길동", "name_en": "", "language": "ko"})
    assert client.get(URL).status_code == 200
    assert Download.objects.get().name == stamped


def test_copy_is_stamped_and_recorded(cast: Cast, login, gated: Report) -> None:
    answer = login("regular").get(URL)
    copy = Download.objects.get()
    assert answer.status_code == 200
    assert (copy.user, copy.name, copy.member_number, copy.tier) == (
        cast.regular,
        "regular",
        cast.regular_member.number,
        "regular",
    )
    assert copy.original_sha256 == gated.sha256
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert len(pdf.pages) == 2
        assert str(pdf.docinfo["/KosnaSerial"]) == copy.serial
    with gated.file.open("rb") as original:
        assert answer.content != original.read()
    entry = Entry.objects.get(verb="research.download_report")
    assert (entry.actor_id, entry.facts["serial"]) == (cast.regular.pk, copy.serial)
    assert {
        name: answer[name]
        for name in (
            "Content-Type",
            "Cache-Control",
            "X-Content-Type-Options",
            "Content-Security-Policy",
        )
    } == {
        "Content-Type": "application/pdf",
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'",
    }
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%EC%97%AC")
    assert answer["ETag"] == f'"{copy.serial}"'
    assert copy.stamped_sha256 == hashlib.sha256(answer.content).hexdigest()
    assert "Last-Modified" not in answer


def test_every_page_names_the_reader(cast: Cast, gated: Report) -> None:
    copy = Download(name="김하늘", member_number="26-00001", serial="ABCDEFGH23456789")
    copy.at = clock.datetime(2026, 11, 23, 5, 0, tzinfo=clock.UTC)
    assert actions.stamp_lines(copy) == [
        "김하늘 · 26-00001 · 2026-11-23 14:00:00 KST · ABCDEFGH23456789"
    ]


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("visitor", 302),
        ("account", 403),
        ("associate", 403),
        ("lapsed", 403),
        ("editor", 403),
        ("regular", 200),
        ("company_rep", 200),
        ("company_seat", 200),
    ],
)
def test_who_gets_the_bytes(login, gated: Report, name: str, status: int) -> None:
    client = login(name)
    answer = client.get(
        URL, headers={"If-None-Match": "*", "If-Match": '"x"', "Range": "bytes=0-1"}
    )
    assert answer.status_code == (206 if status == 200 else status)
    assert (answer.content == b"%P") is (status == 200)
    assert Download.objects.count() == (status == 200)
    head = client.head(URL)
    assert (head.status_code, "Content-Length" in head) == (status, status != 200)
    assert client.post(URL).status_code == (302 if name == "visitor" else 405)
    assert Download.objects.count() == (status == 200)  # HEAD leaves no trace


def test_public_report_is_stamped_for_an_account(cast: Cast, login, make_report) -> None:
    make_report("free")
    assert login("visitor").get("/research/free/download/").status_code == 302
    assert login("account").get("/research/free/download/").status_code == 200
    assert Download.objects.get().member_number == ""


def test_right_ends_with_the_next_request(cast: Cast, login, gated: Report) -> None:
    client = login("regular")
    assert client.get(URL).status_code == 200
    cast.regular_member.periods.update(voided_at=clock.now())
    assert client.get(URL).status_code == 403
    assert Download.objects.count() == 1


def test_tier_clock_holds_for_the_bytes(cast: Cast, login, make_report) -> None:
    soon = factories.make_clock({cast.regular_tier: clock.now() + timedelta(minutes=1)})
    make_report("soon", tiers=(cast.regular_tier,), clock=soon)
    assert login("regular").get("/research/soon/download/").status_code == 403
    soon.openings.update(opens_at=clock.now())
    assert login("regular").get("/research/soon/download/").status_code == 200


def _unreadable(report: Report, monkeypatch) -> None:
    report.file.storage.delete(report.file.name)


def _altered(report: Report, monkeypatch) -> None:
    Report.objects.filter(pk=report.pk).update(sha256="0" * 64)


def _unstampable(report: Report, monkeypatch) -> None:
    def refuse(original: bytes, **kwargs: object) -> bytes:
        raise StampError("no")

    monkeypatch.setattr(copies, "stamp", refuse)


@pytest.mark.parametrize("harm", [_unreadable, _altered, _unstampable])
def test_nothing_leaves_when_no_copy_can_be_made(
    login, gated: Report, monkeypatch, caplog, harm
) -> None:
    harm(gated, monkeypatch)
    answer = login("regular").get(URL)
    assert answer.status_code == 503
    assert b"%PDF" not in answer.content
    assert not Download.objects.exists()
    assert not Entry.objects.filter(verb="research.download_report").exists()


def test_report_withdrawn_while_the_copy_is_made_is_not_handed_out(
    login, gated: Report, monkeypatch
) -> None:
    def withdraw_meanwhile(original: bytes, **kwargs: object) -> bytes:
        Report.objects.filter(pk=gated.pk).update(status=Report.Status.WITHDRAWN)
        return original

    monkeypatch.setattr(copies, "stamp", withdraw_meanwhile)
    answer = login("regular").get(URL)
    assert answer.status_code == 404
    assert b"%PDF" not in answer.content
    assert not Download.objects.exists()


def test_no_address_reaches_the_original(login, gated: Report) -> None:
    for path in (f"/{gated.file.name}", f"/media/{gated.file.name}", f"/static/{gated.file.name}"):
        assert login("regular").get(path).status_code == 404


def test_download_query_count(login, gated: Report, django_assert_max_num_queries) -> None:
    client: Client = login("regular")
    with django_assert_max_num_queries(16):
        client.get(URL)


def test_broken_transfer_goes_on_with_the_same_copy(cast: Cast, login, gated: Report) -> None:
    client = login("regular")
    whole = client.get(URL)
    size, tag = len(whole.content), whole["ETag"]
    rest = client.get(URL, headers={"Range": "bytes=100-", "If-Range": tag})
    last = client.get(URL, headers={"Range": "bytes=-5"})
    assert (rest.status_code, rest["Content-Range"]) == (206, f"bytes 100-{size - 1}/{size}")
    assert whole.content[:100] + rest.content == whole.content
    assert last.content == whole.content[-5:]
    assert client.get(URL, headers={"Range": f"bytes={size}-"}).status_code == 416
    assert client.get(URL, headers={"Range": f"bytes={'9' * 5_000}-"}).status_code == 200
    assert Download.objects.count() == 1
    other = client.get(URL, headers={"Range": "bytes=0-1", "If-Range": '"SOMEBODYELSES234"'})
    assert (other.status_code, Download.objects.count()) == (200, 2)  # a copy of its own
    cast.regular_member.periods.update(voided_at=clock.now())
    assert client.get(URL, headers={"Range": "bytes=1-", "If-Range": tag}).status_code == 403


def test_a_copy_is_gone_on_with_so_often_and_no_more(login, gated: Report, monkeypatch) -> None:
    monkeypatch.setattr(copies, "MOST_PARTS", 2)
    client = login("regular")
    tag = client.get(URL)["ETag"]
    asked = {"Range": "bytes=1-", "If-Range": tag}
    assert [client.get(URL, headers=asked).status_code for _time in range(3)] == [206, 206, 429]
    over = client.get(URL, headers=asked)
    assert (over["Retry-After"], b"%PDF" in over.content) == ("3600", False)
    assert client.get(URL).status_code == 200  # a new copy, which is on record
    assert client.get(URL, headers={"Range": "bytes=1-"}).status_code == 206
    assert Download.objects.count() == 2


def test_nobodys_copy_is_anothers(cast: Cast, login, make_report) -> None:
    make_report("free")
    mine = login("regular").get("/research/free/download/")
    theirs = login("account").get(
        "/research/free/download/", headers={"Range": "bytes=0-", "If-Range": mine["ETag"]}
    )
    assert (theirs.status_code, Download.objects.count()) == (200, 2)
    assert theirs.content != mine.content


def test_so_many_reports_a_day(cast: Cast, login, make_report) -> None:
    for slug in ("first", "second", "third"):
        make_report(slug)
    login("editor").post(
        "/staff/reports/caps/", {"everyone": "1", f"tier_{cast.regular_tier.pk}": "2"}
    )
    client, account = login("regular"), login("account")

    def take(reader: Client, slug: str) -> int:
        return reader.get(f"/research/{slug}/download/").status_code

    assert [take(client, slug) for slug in ("first", "second", "third", "first")] == [
        200, 200, 403, 200,
    ]  # fmt: skip
    assert "오늘" in client.get("/research/third/download/").content.decode()
    assert [take(account, slug) for slug in ("first", "second")] == [200, 403]
    with clock.standing_at(clock.now() + timedelta(days=1)):
        assert take(client, "third") == 200


def printed_as_a_pdf(content: bytes, tmp_path: Path) -> bytes:
    """By a renderer that draws the page anew: what nobody sees is gone."""
    taken, printed = tmp_path / "taken.pdf", tmp_path / "printed.pdf"
    taken.write_bytes(content)
    subprocess.run(["pdftocairo", "-pdf", "-f", "2", "-l", "2", taken, printed], check=True)
    assert not serials_in(printed.read_bytes())
    return printed.read_bytes()


@pytest.mark.parametrize("harm", ["whole", "page", "printed"])
def test_leak_leads_back_to_the_download(
    cast: Cast, login, gated: Report, harm: str, tmp_path: Path
) -> None:
    content = login("regular").get(URL).content
    if harm == "printed":
        content = printed_as_a_pdf(content, tmp_path)
    elif harm == "page":
        with pikepdf.open(io.BytesIO(content)) as pdf, pikepdf.new() as page:
            page.pages.append(pdf.pages[1])
            page.docinfo["/Title"] = "something else"
            out = io.BytesIO()
            page.save(out)
            content = out.getvalue()
    client = login("auditor")
    page = client.post("/staff/downloads/trace/", {"pdf": io.BytesIO(content)})
    copy = Download.objects.get()
    assert page.context_data["downloads"] == [copy]
    assert Entry.objects.get(verb="privacy.view").subjects == [cast.regular.pk]
    with gated.file.open("rb") as original:
        assert (
            client.post("/staff/downloads/trace/", {"pdf": original}).context_data["downloads"]
            == []
        )
    assert client.post("/staff/downloads/trace/", {}).status_code == 422


def test_behind_nginx_a_part_and_head_are_answered_alike(login, gated: Report, settings) -> None:
    """Nginx cuts the part out of the file by itself; the original is never what it is led to."""
    settings.X_ACCEL_PREFIX = "/private/"
    client = login("regular")
    whole = client.get(URL)
    part = client.get(URL, headers={"Range": "bytes=0-3"})
    assert part["X-Accel-Redirect"] == whole["X-Accel-Redirect"]
    assert gated.file.name not in whole["X-Accel-Redirect"]
    for answer in (whole, part):
        assert (answer.status_code, answer.content) == (200, b"")
        assert (answer["Content-Type"], answer["Cache-Control"]) == (
            "application/pdf",
            "private, no-store",
        )
        assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
        assert answer["ETag"] == f'"{Download.objects.get().serial}"'  # which nginx passes on
    rest = client.get(URL, headers={"Range": "bytes=4-", "If-Range": whole["ETag"]})
    assert rest["X-Accel-Redirect"] == whole["X-Accel-Redirect"]
    assert Download.objects.count() == 1
    head = client.head(URL)
    assert (head.status_code, "X-Accel-Redirect" in head) == (200, False)
    for who in ("account", "lapsed", "editor"):
        assert "X-Accel-Redirect" not in login(who).get(URL)
    Report.objects.update(status=Report.Status.WITHDRAWN)
    assert "X-Accel-Redirect" not in client.get(URL, headers={"Range": "bytes=0-3"})


def test_nginx_sends_what_waits_for_an_hour(cast: Cast, login, gated: Report, settings) -> None:
    settings.X_ACCEL_PREFIX = "/private/"
    assert login("account").get(URL).status_code == 403
    answer = login("regular").get(URL)
    copy = Download.objects.get()
    assert answer.content == b""
    assert answer["X-Accel-Redirect"] == f"/private/copies/{copy.serial}.pdf"
    with default_storage.open(f"copies/{copy.serial}.pdf") as waiting:
        assert hashlib.sha256(waiting.read()).hexdigest() == copy.stamped_sha256
    waiting = Path(default_storage.path("copies"))
    assert [path.name for path in waiting.iterdir()] == [f"{copy.serial}.pdf"]
    modes = [path.stat().st_mode & 0o777 for path in (waiting, *waiting.iterdir())]
    assert modes == [0o750, 0o640]  # nginx reads them by its group
    assert sending.purge_copies() == 0
    with clock.standing_at(clock.now() + timedelta(hours=2)):
        assert sending.purge_copies() == 1
    assert sending.purge_copies() == 0
