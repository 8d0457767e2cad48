"""The outbox: one business mail once, whatever fails between the page and the mail server."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection, transaction

from kosna.core import clock, tokens
from kosna.core.errors import Refused
from kosna.mail import post
from kosna.mail.models import Message
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
Status = Message.Status


@pytest.fixture(autouse=True)
def letters(settings: Any, tmp_path: Path) -> None:
    """Templates of this test: what is typed by people stands in subject, text and HTML."""
    folder = tmp_path / "mail"
    folder.mkdir()
    (folder / "greeting.subject.txt").write_text("Hello {{ name }}\n")
    (folder / "greeting.txt").write_text("Dear {{ name }}, {{ language }}")
    (folder / "greeting.html").write_text("<p>Dear {{ name }}</p>")
    (folder / "broken.subject.txt").write_text("x")
    (folder / "broken.txt").write_text("{% include 'mail/there-is-none.txt' %}")
    options = {**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}
    settings.TEMPLATES = [options]


def send(to: str = "a@example.test", **changes: Any) -> None:
    post.send("greeting", [to], **{"context": {"name": "김하늘"}, **changes})


def test_mail_leaves_once(mailoutbox: list) -> None:
    send()
    assert mailoutbox == []  # nothing leaves inside the transaction
    assert post.deliver_due() == 1
    assert post.deliver_due() == 0
    (letter,) = mailoutbox
    message = Message.objects.get()
    assert (letter.subject, letter.body) == ("Hello 김하늘", "Dear 김하늘, ko")
    assert letter.extra_headers == {"Message-ID": message.message_id}
    assert (message.status, message.text) == (Status.SENT, letter.body)
    assert message.sent_at is not None


def test_same_key_is_the_same_mail() -> None:
    for _again in range(3):
        send(key="order-1-paid")
    send("b@example.test", key="order-1-paid")
    send()
    send()
    assert Message.objects.filter(key="order-1-paid:a@example.test").count() == 1
    assert Message.objects.count() == 4


def test_mail_goes_with_the_change() -> None:
    with pytest.raises(Refused), transaction.atomic():
        send()
        raise Refused("no")
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "name",
    [
        "{{settings.SECRET_KEY}}",
        "{% include 'mail/greeting.txt' %}",
        "{0.__class__}",
        "%(name)s %s",
        "[x](http://evil.example)",
        "R&D <연구>",
    ],
)
def test_names_stay_text(mailoutbox: list, name: str) -> None:
    send(context={"name": name})
    post.deliver_due()
    (letter,) = mailoutbox
    assert letter.subject == f"Hello {name}"
    assert letter.body == f"Dear {name}, ko"


def test_names_carry_no_markup_into_html(mailoutbox: list) -> None:
    send(context={"name": "<script>alert(1)</script>"})
    post.deliver_due()
    ((html, kind),) = mailoutbox[0].alternatives
    assert kind == "text/html"
    assert html == "<p>Dear &lt;script&gt;alert(1)&lt;/script&gt;</p>"


def test_names_add_no_header(mailoutbox: list) -> None:
    send(context={"name": "a\r\nBcc: everybody@example.test"})
    post.deliver_due()
    assert mailoutbox[0].subject == "Hello a Bcc: everybody@example.test"
    assert mailoutbox[0].recipients() == ["a@example.test"]


def test_failure_is_tried_again_later_each_time(settings: Any, mailoutbox: list) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens
    waits = []
    with time_machine.travel(clock.now(), tick=False) as traveller:
        send()
        for attempt in range(1, post.MAX_ATTEMPTS + 1):
            assert post.deliver_due() == 1
            message = Message.objects.get()
            assert message.attempts == attempt
            assert message.error.startswith("ConnectionRefusedError")
            if message.status == Status.QUEUED:
                waits.append(message.due_at - clock.now())
                assert post.deliver_due() == 0  # not before its time
                traveller.shift(waits[-1])
        assert message.status == Status.FAILED
    assert waits == [timedelta(minutes=minutes) for minutes in (2, 4, 8, 16, 32)]


def test_broken_mail_holds_up_no_other(mailoutbox: list) -> None:
    post.send("broken", ["a@example.test"])
    send("b@example.test")
    post.deliver_due()
    assert [letter.to for letter in mailoutbox] == [["b@example.test"]]
    assert Message.objects.get(template="broken").status == Status.QUEUED


def test_mail_of_a_killed_worker_is_sent_after_all(mailoutbox: list) -> None:
    with time_machine.travel(clock.now(), tick=False) as traveller:
        send()
        Message.objects.get().move_to(Status.SENDING, attempts=1, due_at=clock.now())
        assert post.deliver_due() == 0  # perhaps the other worker lives
        traveller.shift(post.STUCK_AFTER + timedelta(seconds=1))
        assert post.deliver_due() == 1
    assert len(mailoutbox) == 1


def test_mail_that_kills_workers_is_given_up(mailoutbox: list) -> None:
    with time_machine.travel(clock.now(), tick=False) as traveller:
        send()
        message = Message.objects.get()
        message.move_to(Status.SENDING, attempts=post.MAX_ATTEMPTS, due_at=clock.now())
        traveller.shift(post.STUCK_AFTER + timedelta(seconds=1))
        assert post.deliver_due() == 0
    message.refresh_from_db()
    assert message.status == Status.FAILED
    assert mailoutbox == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_mail_once() -> None:
    for number in range(10):
        send(f"{number}@example.test")

    def worker(_number: int) -> None:
        try:
            post.deliver_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(worker, range(4)))
    assert sorted(letter.to[0] for letter in mail.outbox) == [
        f"{number}@example.test" for number in range(10)
    ]
    assert set(Message.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.django_db(transaction=True)
def test_without_the_swap_workers_send_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin that must fail: the status is written without asking what it was."""

    def move_to(self: Message, new: str, **changes: Any) -> None:
        Message.objects.filter(pk=self.pk).update(status=new, **changes)
        for name, value in {"status": new, **changes}.items():
            setattr(self, name, value)

    monkeypatch.setattr(Message, "move_to", move_to)
    send()
    (one,), (other,) = list(Message.objects.all()), list(Message.objects.all())
    post.deliver(one)
    post.deliver(other)
    assert len(mail.outbox) == 2


def test_every_template_has_both_parts() -> None:
    folder = Path(__file__).parents[2] / "templates" / "mail"
    subjects = {path.name.removesuffix(".subject.txt") for path in folder.glob("*.subject.txt")}
    texts = {path.stem for path in folder.glob("*.txt") if ".subject." not in path.name}
    assert subjects == {name for name in texts if not name.endswith("_signature")}


# --- the desk ----------------------------------------------------------------------------------


def test_failed_mail_is_sent_again_from_the_desk(cast: Cast, login: Any, mailoutbox: list) -> None:
    send(branch=cast.busan)
    Message.objects.update(status=Status.FAILED, attempts=6)
    address = f"/staff/mail/{Message.objects.get().pk}/retry/"
    assert login("other_officer").post(address).status_code == 404
    assert login("auditor").post(address).status_code == 403
    assert "retry" not in login("auditor").get("/staff/mail/").content.decode()
    assert "retry" in login("officer").get("/staff/mail/").content.decode()
    assert login("officer").get(address).status_code == 405
    assert login("officer").post(address).status_code == 302
    assert post.deliver_due() == 1
    response = login("officer").post(address)  # sent by now: refused, and said so
    assert response.status_code == 303


@pytest.mark.parametrize("rows", [1, 3])
def test_list_has_a_constant_query_count(
    cast: Cast, login: Any, django_assert_num_queries: Any, rows: int
) -> None:
    for number in range(rows):
        send(f"{number}@example.test", branch=cast.busan)
    client = login("officer")
    with django_assert_num_queries(4):
        assert len(client.get("/staff/mail/").context["page"]) == rows


def test_list_filters(cast: Cast, login: Any) -> None:
    send("a@example.test", branch=cast.busan)
    send("b@example.test", branch=cast.busan)
    send("c@example.test", branch=cast.daegu)
    client = login("officer")

    def shown(query: str = "") -> list[str]:
        return sorted(row.to for row in client.get(f"/staff/mail/{query}").context["page"])

    assert shown() == ["a@example.test", "b@example.test"]
    assert shown("?q=A@example.test") == ["a@example.test"]
    assert shown("?status=failed") == []
    assert shown("?status=nonsense") == ["a@example.test", "b@example.test"]


def test_a_secret_leaves_with_the_mail_and_stays_nowhere(mailoutbox: list) -> None:
    seed = tokens.new_seed()
    send(context={"name": post.secretly("token", seed)})
    assert tokens.token(seed) not in str(Message.objects.values())

    post.deliver_due()

    assert mailoutbox[0].body == f"Dear {tokens.token(seed)}, ko"
    message = Message.objects.get()
    assert (message.subject, message.text) == ("Hello …", "Dear …, ko")
    assert tokens.token(seed) not in str(Message.objects.values())


def test_a_mail_that_can_be_stopped_tells_mail_programs_where(mailoutbox: list) -> None:
    seed = tokens.new_seed()
    send(context={"name": "김하늘", "stop_url": post.secretly("token", seed)})
    post.deliver_due()
    headers = mailoutbox[0].extra_headers
    assert headers["List-Unsubscribe"] == f"<{tokens.token(seed)}>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
