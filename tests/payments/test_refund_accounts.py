"""Where money goes that cannot go back the way it came: sealed, shown with a reason, and erased."""

import json
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import IntegrityError, transaction

from kosna.audit.models import Entry
from kosna.core import clock, sealing
from kosna.core.errors import Refused
from kosna.mail import post
from kosna.mail.models import Message
from kosna.payments import actions, banks
from kosna.payments.forms import RefundAccountForm
from kosna.payments.models import LedgerEntry, Order, Refund, RefundAccount
from kosna.payments.providers import by_name
from kosna.payments.providers.toss import words
from kosna.verify import accounts_end_with_their_refunds
from tests.payments import shop

Status = Refund.Status
NUMBER = "110123456789"
TYPED = {"bank": "088", "number": "110-123-456789", "holder": "박서준"}


def wired(cast, *amounts: int) -> Order:
    """An order of the account holder, paid by transfer."""
    order = shop.order_of(cast.account, cast.busan, *amounts)
    actions.record_payment(
        order=order,
        provider="bank",
        reference=f"bank:{order.code}",
        method="bank_transfer",
        amount=order.total,
        received_at=clock.now(),
    )
    return Order.objects.get(pk=order.pk)


def ask(order: Order, cast, amount: int = 33_000, by=None) -> Refund:
    return actions.request_refund(
        order=order, amount=amount, reason="불참", by=by or cast.head_office
    )


@pytest.fixture
def order(cast) -> Order:
    return wired(cast)


@pytest.fixture
def refund(order, cast) -> Refund:
    return ask(order, cast)


def kept(refund: Refund) -> list[tuple[str, bool]]:
    """Every account that was named: the last digits, and whether the rest is still there."""
    rows = RefundAccount.objects.filter(refund=refund).order_by("pk")
    return [(row.last_digits, row.sealed is not None) for row in rows]


def sent(refund: Refund, cast) -> Refund:
    actions.approve_refund(shop.account_for(refund), by=cast.treasurer)
    return actions.send_refund(refund, by=cast.treasurer)


# Asking and naming --------------------------------------------------------------------------------


def test_the_buyer_is_asked_once_for_all_that_waits(cast):
    order = wired(cast, 10_000, 20_000)
    for line in order.lines.all():
        ask(order, cast, line.amount)
    [mail] = Message.objects.filter(template="refund_account_wanted")
    subject, text, _html = post.render(mail)
    assert order.title_ko in subject
    assert f"/orders/{order.code}/refund-account/" in text


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_mail_speaks_the_buyers_language(cast, language):
    cast.account.language = language
    cast.account.save()
    ask(wired(cast), cast)
    _subject, text, _html = post.render(Message.objects.get(template="refund_account_wanted"))
    assert {"ko": "33,000원", "en": "₩33,000"}[language] in text


def test_money_that_came_by_card_asks_for_nothing(sandbox, cast, buyer):
    order = shop.order_of(cast.account, cast.busan)
    buyer.post(f"/orders/{order.code}/pay/", {"method": "card"})
    attempt = order.attempts.get()
    sandbox.pay(attempt.session)
    actions.fulfil(attempt.session)
    refund = ask(order, cast)
    assert not Message.objects.filter(template="refund_account_wanted").exists()
    with pytest.raises(Refused):
        actions.name_account(order, by=cast.account, bank="088", number=NUMBER, holder="박서준")
    actions.approve_refund(refund, by=cast.treasurer)
    assert actions.send_refund(refund).status == Status.DONE


@pytest.mark.parametrize("name", ["bank", "stripe", "toss"])
def test_what_needs_an_account_is_what_its_provider_says(sandbox, settings, refund, name):
    settings.TOSS_SECRET_KEY, settings.TOSS_WEBHOOK_SECRETS = "test_sk_x", ["s" * 32]
    for method in ("bank_transfer", "card", "virtual_account"):
        refund.payment.provider, refund.payment.method = name, method
        if (name, method) != ("stripe", "virtual_account"):  # Stripe gives out none
            told = by_name(name).needs_account(refund)
            assert actions.needs_account(refund.payment) == told, (name, method)


def test_nothing_is_approved_or_sent_into_nowhere(refund, cast):
    with pytest.raises(Refused):
        actions.approve_refund(refund, by=cast.treasurer)
    Refund.objects.update(status=Status.APPROVED, approved_at=clock.now())  # before accounts were
    refund.refresh_from_db()
    with pytest.raises(Refused):
        actions.send_refund(refund, by=cast.treasurer)
    refund.refresh_from_db()
    assert refund.status == Status.APPROVED
    shop.account_for(refund)
    assert actions.send_refund(refund, by=cast.treasurer).status == Status.SENT


def test_the_buyer_types_it_on_the_page_of_the_order(order, refund, login):
    client = login("account")
    page = client.get(order.get_absolute_url()).content.decode()
    assert f"/orders/{order.code}/refund-account/" in page
    answer = client.post(f"/orders/{order.code}/refund-account/", TYPED)
    assert (answer.status_code, answer.url) == (303, order.get_absolute_url())
    account = actions.payout_account(refund)
    assert (account.bank, account.number, account.holder) == ("신한은행", NUMBER, "박서준")
    page = client.get(order.get_absolute_url()).content.decode()
    assert f"/orders/{order.code}/refund-account/" not in page
    assert login("regular").get(f"/orders/{order.code}/refund-account/").status_code == 404


def test_one_account_serves_all_refunds_of_an_order_that_wait(cast):
    order = wired(cast, 10_000, 20_000)
    refunds = [ask(order, cast, line.amount) for line in order.lines.all()]
    done = actions.name_account(order, by=cast.account, bank="088", number=NUMBER, holder="박서준")
    assert done == 2
    assert [kept(refund) for refund in refunds] == [[("6789", True)]] * 2


@pytest.mark.parametrize(
    "number",
    [
        "110-123-45678",
        "1101234567",
        "11012345678901",
        "１１０１２３４５６７８９",
        " 110 123 456 789 ",
    ],
)
def test_a_number_is_read_as_people_write_it(number):
    form = RefundAccountForm({**TYPED, "number": number})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["number"].isascii() and form.cleaned_data["number"].isdigit()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", "110-123-456"),  # nine digits
        ("number", "110123456789012"),  # fifteen
        ("number", "110-12x-456789"),
        ("number", "²²²²²²²²²²²²x"),
        ("number", ""),
        ("bank", "999"),
        ("bank", ""),
        ("holder", "  "),
    ],
)
def test_a_wrong_account_is_refused_at_its_field(order, refund, login, field, value):
    typed = {**TYPED, field: value}
    answer = login("account").post(f"/orders/{order.code}/refund-account/", typed)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert kept(refund) == []


def test_every_bank_is_one_that_the_gateway_knows():
    codes = [words.bank_code(korean) for korean, _english in banks.BANKS.values()]
    assert set(codes) == set(words.BANKS)
    assert len(set(codes)) == len(codes)


# Sealed, masked, shown with a reason --------------------------------------------------------------


def test_the_database_holds_no_number_and_no_holder(refund):
    shop.account_for(refund)
    account = RefundAccount.objects.get()
    stored = json.dumps(RefundAccount.objects.values().get(), default=lambda x: str(bytes(x)) if
                        isinstance(x, bytes | memoryview) else str(x))  # fmt: skip
    assert NUMBER not in stored and "박서준" not in stored
    assert str(account) == "신한은행 ****6789"
    told = json.dumps(list(Entry.objects.values_list("facts", flat=True)))
    assert NUMBER not in told


def test_the_desk_sees_it_masked_and_the_whole_for_a_reason(refund, cast, login):
    shop.account_for(refund)
    client = login("treasurer")
    page = f"/staff/refunds/{refund.pk}/"
    assert "****6789" in client.get(page).content.decode()
    assert NUMBER not in client.get(page).content.decode()
    assert client.get(f"{page}account/show/").status_code == 405
    bare = client.post(f"{page}account/show/", {"show-reason": ""})
    assert (bare.status_code, NUMBER in bare.content.decode()) == (422, False)
    shown = client.post(f"{page}account/show/", {"show-reason": "이체 명부 대조"})
    assert NUMBER in shown.content.decode()
    entry = Entry.objects.filter(verb="privacy.view").latest("pk")
    assert (entry.actor_id, entry.subjects, entry.reason, entry.facts["account"]) == (
        cast.treasurer.pk,
        [cast.account.pk],
        "이체 명부 대조",
        "신한은행 ****6789",
    )
    assert login("head_office").post(f"{page}account/show/").status_code == 403


def test_a_treasurer_types_it_for_the_buyer(refund, cast, login):
    page = f"/staff/refunds/{refund.pk}/account/"
    assert login("treasurer").post(page, {**TYPED, "number": "12"}).status_code == 422
    assert login("treasurer").post(page, TYPED).status_code == 302
    assert RefundAccount.objects.get().typed_by == cast.treasurer
    assert login("officer").post(page, TYPED).status_code == 403


@pytest.mark.parametrize("pieces", [1, 2])
def test_much_money_never_goes_where_one_person_alone_says(cast, settings, pieces):
    limit = settings.TWO_PERSON_REFUND_WON
    typed = {"bank": "088", "number": NUMBER, "holder": "박서준", "by": cast.treasurer}
    for amount, alone in [(limit - 2, True), (limit, False)]:
        order = wired(cast, limit)
        refunds = [ask(order, cast, amount // pieces) for _ in range(pieces)]
        actions.name_account(order, **typed)
        if alone:
            actions.approve_refund(refunds[0], by=cast.treasurer)
            assert actions.send_refund(refunds[0], by=cast.treasurer).status == Status.SENT
            continue
        Refund.objects.update(requested_by=None)
        with pytest.raises(Refused):
            actions.approve_refund(refunds[0], by=cast.treasurer)
        actions.approve_refund(refunds[0], by=cast.head_office)
        with pytest.raises(Refused):
            actions.send_refund(refunds[0], by=cast.treasurer)
        assert actions.send_refund(refunds[0], by=cast.head_office).status == Status.SENT


def test_the_account_that_was_approved_is_the_one_that_is_paid(refund, order, cast):
    actions.approve_refund(shop.account_for(refund), by=cast.treasurer)
    with pytest.raises(Refused):
        shop.account_for(refund)
    actions.send_refund(refund, by=cast.treasurer)
    with pytest.raises(Refused):
        shop.account_for(refund)
    assert kept(refund) == [("6789", True)]


# Erased -------------------------------------------------------------------------------------------


def test_it_is_erased_when_the_money_has_gone_out(refund, cast):
    refund = sent(refund, cast)
    assert kept(refund) == [("6789", True)]
    actions.complete_bank_refund(refund, reference="1", by=cast.treasurer)
    assert kept(refund) == [("6789", False)]
    assert RefundAccount.objects.get().purged_at is not None
    assert accounts_end_with_their_refunds() == []


def test_it_is_erased_when_the_refund_is_rejected(refund, cast):
    shop.account_for(refund)
    actions.reject_refund(refund, by=cast.treasurer, reason="기한 경과")
    assert kept(refund) == [("6789", False)]
    assert accounts_end_with_their_refunds() == []


def test_it_is_there_while_its_refund_is_not_done(refund, cast, monkeypatch):
    """Booked and erased in one transaction: what fails on the way leaves both."""
    refund = sent(refund, cast)

    def dies(*args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(actions.refunds.shares, "follow", dies)
    with pytest.raises(RuntimeError):
        actions.complete_bank_refund(refund, reference="1", by=cast.treasurer)
    refund.refresh_from_db()
    assert (refund.status, kept(refund)) == (Status.SENT, [("6789", True)])


def test_another_account_erases_the_first(refund, order, cast):
    shop.account_for(refund)
    actions.name_account(order, by=cast.account, bank="004", number="1234567890", holder="박서준")
    assert kept(refund) == [("6789", False), ("7890", True)]


def test_verify_finds_an_account_that_outlived_its_refund(refund, cast):
    shop.account_for(refund)
    Refund.objects.update(status=Status.REJECTED)
    assert accounts_end_with_their_refunds() == [
        f"the account of refund {refund.pk} was not purged"
    ]


def test_the_database_keeps_one_account_and_no_half_erased_one(refund):
    shop.account_for(refund)
    account = RefundAccount.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        RefundAccount.objects.filter(pk=account.pk).update(purged_at=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        account.pk = None
        account.save()


# It came back -------------------------------------------------------------------------------------


@pytest.mark.parametrize("was_done", [False, True])
def test_a_transfer_that_came_back_needs_another_account(refund, order, cast, login, was_done):
    refund = sent(refund, cast)
    if was_done:
        actions.complete_bank_refund(refund, reference="1", by=cast.treasurer)
    page = f"/staff/refunds/{refund.pk}/bounced/"
    assert login("treasurer").post(page, {"bounce-reason": ""}).status_code == 422
    assert login("treasurer").post(page, {"bounce-reason": "예금주 불일치"}).status_code == 302
    refund.refresh_from_db()
    assert (refund.status, kept(refund), refund.done_at) == (
        Status.FAILED,
        [("6789", False)],
        None,
    )
    assert sum(LedgerEntry.objects.values_list("amount", flat=True)) == 33_000
    assert Message.objects.filter(template="refund_account_wanted").count() == 2
    with pytest.raises(Refused):
        actions.send_refund(refund, by=cast.treasurer)
    actions.name_account(order, by=cast.account, bank="004", number="1234567890", holder="박서준")
    refund = actions.send_refund(refund, by=cast.treasurer)
    actions.complete_bank_refund(refund, reference="2", by=cast.treasurer)
    assert kept(refund) == [("6789", False), ("7890", False)]
    assert sum(LedgerEntry.objects.values_list("amount", flat=True)) == 0


def test_what_was_never_sent_cannot_come_back(refund, cast):
    with pytest.raises(Refused):
        actions.bounce_bank_refund(refund, reason="x", by=cast.treasurer)
    refund.refresh_from_db()
    assert refund.status == Status.REQUESTED


# Keys ---------------------------------------------------------------------------------------------


def test_the_first_key_seals_and_each_opens(refund, settings):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.FIELD_KEYS = [old]
    shop.account_for(refund)
    settings.FIELD_KEYS = [new, old]
    assert actions.payout_account(refund).number == NUMBER
    settings.FIELD_KEYS = [new]
    with pytest.raises(Refused):
        actions.payout_account(refund)
    settings.FIELD_KEYS = [new, old]
    told = StringIO()
    call_command("reseal", stdout=told)
    assert told.getvalue().strip() == "1"
    settings.FIELD_KEYS = [new]
    assert actions.payout_account(refund).number == NUMBER


def test_what_was_tampered_with_does_not_open():
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(sealing.seal("110")[:-4] + b"AAA=")
