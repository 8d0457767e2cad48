"""Toss Payments' page as the sandbox draws it, and its part of the panel."""

from datetime import datetime
from html import escape

from ..html import KST, button, page, row, table
from ..store import Body, Store
from ..texts import TEXTS, won
from ..web import Response
from . import shapes
from .engine import NOTICE, PAYMENT
from .texts import WORDS

SHOWN = 30


def payment(
    payment: Body, lang: str, *, notice: str = "", back: str = "", leave: str = ""
) -> Response:
    text = TEXTS[lang] | WORDS[lang]
    match payment["status"]:
        case "READY":
            side = _choices(payment, lang, leave)
        case "WAITING_FOR_DEPOSIT" | "EXPIRED" if payment["virtualAccount"]:
            side = _account(payment, lang, notice, back)
        case status:
            words = text.get(status, text["ended"])
            side = f"""<section class="choices"><h2>{words}</h2>
<p><a class="primary" href="{escape(back)}">{text["back"]}</a></p></section>"""
    total = won(payment["totalAmount"], lang)
    return page(
        f"{text['title']} · {text['merchant']}",
        f"""<main class="split">
<section class="summary" aria-labelledby="total">
  <p class="merchant">{text["merchant"]}</p>
  <p class="quiet">{text["order"]} {escape(payment["orderId"])}</p>
  <h1 id="total"><span class="quiet">{text["total"]}</span> {total}</h1>
  <ul class="lines">
    <li><span>{escape(payment["orderName"])}</span><strong>{total}</strong></li>
  </ul>
</section>
{side}
</main>""",
        lang=lang,
    )


def _choices(payment: Body, lang: str, leave: str) -> str:
    text = TEXTS[lang] | WORDS[lang]
    is_account = payment["method"] == shapes.ACCOUNT
    name = "bank" if is_account else "choice"
    options = shapes.BANKS if is_account else {key: text[key] for key in shapes.CHOICES}
    radios = "".join(
        f"""<label class="method"><input type="radio" name="{name}" value="{escape(value)}"
{"checked" if index == 0 else ""}><span>{escape(label)}</span></label>"""
        for index, (value, label) in enumerate(options.items())
    )
    go = text["give_out"] if is_account else text["pay"].format(won(payment["totalAmount"], lang))
    others = (
        ""
        if is_account
        else f"""
    <button name="outcome" value="refused_later">{text["refused_later"]}</button>"""
    )
    return f"""<section class="choices">
<form method="post" action="/toss/pay/{escape(payment["paymentKey"])}">
  <fieldset><legend>{text["bank"] if is_account else text["method"]}</legend>{radios}</fieldset>
  <button class="primary" name="outcome" value="agree">{go}</button>
  <details><summary>{text["others"]}</summary>
    <button name="outcome" value="decline">{text["decline_here"]}</button>{others}
    <button name="outcome" value="answer_lost">{text["answer_lost"]}</button>
  </details>
</form>
<p><a href="{escape(leave)}">{text["cancel"]}</a></p>
</section>"""


def _account(payment: Body, lang: str, notice: str, back: str) -> str:
    text = TEXTS[lang] | WORDS[lang]
    account = payment["virtualAccount"]
    alert = f'<p class="alert" role="alert">{text[notice]}</p>' if notice else ""
    is_open = payment["status"] == "WAITING_FOR_DEPOSIT"
    until = datetime.fromisoformat(account["dueDate"]).astimezone(KST)
    first = (
        f'<button class="primary" name="outcome" value="deposit">{text["deposit"]}</button>'
        if is_open
        else f'<button class="primary" name="outcome" value="deposit_late">{text["late"]}</button>'
    )
    bank = shapes.BANKS.get(account["bankCode"], account["bankCode"])
    return f"""<section class="choices"><h2>{text["account"] if is_open else text["closed"]}</h2>
{alert}<ul class="lines">
<li><span>{text["bank"]}</span><strong>{escape(bank)}</strong></li>
<li><span>{text["number"]}</span><strong>{escape(account["accountNumber"])}</strong></li>
<li><span>{text["holder"]}</span><strong>{escape(account["customerName"])}</strong></li>
<li><span>{text["due"]}</span><strong>{until:%Y. %m. %d. %H:%M}</strong></li></ul>
<form method="post" action="/toss/pay/{escape(payment["paymentKey"])}">
  {first}
  <details {"open" if notice else ""}><summary>{text["others"]}</summary>
    <button name="outcome" value="deposit_refused">{text["wrong_amount"]}</button>
    <button name="outcome" value="deposit_other">{text["other_amount"]}</button>
  </details>
</form>
<p><a href="{escape(back)}">{text["back"]}</a></p>
</section>"""


def panel(store: Store) -> str:
    """The second surface in the panel; nothing as long as nobody has used it."""
    payments = [found["payment"] for found in store.search(PAYMENT, limit=SHOWN)]
    if not payments:
        return ""
    notices = "".join(_notice_row(store, body) for body in store.search(NOTICE, limit=SHOWN))
    rows = "".join(map(_payment_row, payments))
    return f"""<h2>토스페이먼츠 결제</h2>
{table(("시각", "주문", "금액", "상태", ""), rows)}
<h2>토스페이먼츠 웹훅</h2>
{table(("시각", "웹훅", "전달", ""), notices)}"""


def _payment_row(payment: Body) -> str:
    key, status = payment["paymentKey"], payment["status"]
    buttons = f'<a href="/toss/pay/{escape(key)}">결제 화면</a>'
    if status in ("READY", "IN_PROGRESS", "WAITING_FOR_DEPOSIT"):
        buttons += button("만료", "toss.expire", key=key)
    if status == "WAITING_FOR_DEPOSIT":
        buttons += button("입금", "toss.deposit", key=key)
    if status in ("DONE", "PARTIAL_CANCELED"):
        buttons += button("전액 취소", "toss.refund", key=key)
    if payment["cancels"] and payment["approvedAt"]:
        buttons += button("환불 완료", "toss.settle_refund", key=key)
        buttons += button("환불 실패", "toss.settle_refund", key=key, outcome="failed")
    return row(
        payment["requestedAt"][5:19].replace("T", " "),
        escape(payment["orderId"].split("-")[1] if "-" in payment["orderId"] else "–"),
        won(payment["totalAmount"], "ko"),
        f"{escape(payment['method'] or '–')} · {status}",
        buttons,
    )


def _notice_row(store: Store, notice: Body) -> str:
    id = notice["id"]
    deliveries = store.rows("SELECT state, answer FROM deliveries WHERE event = ?", id)
    states = ", ".join(f"{each['state']} {each['answer']}".strip() for each in deliveries)
    return row(
        notice["payload"]["createdAt"][5:19].replace("T", " "),
        escape(notice["type"]),
        escape(states) or "–",
        button("다시 보내기", "send", event=id),
    )
