"""The pages for people: the hosted payment page, and the panel that shows and turns everything.

Plain HTML from plain functions, without scripts.
"""

from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import quote

from .html import KST, button, clock, page, row, table
from .store import Body, Store
from .texts import TEXTS, language, won
from .web import Response

SHOWN = 30


def success_url(session: Body) -> str:
    return session["success_url"].replace("{CHECKOUT_SESSION_ID}", quote(session["id"]))


def payment(session: Body, lines: list[Body], *, notice: str = "") -> Response:
    lang = language(session["locale"])
    text = TEXTS[lang]
    if session["status"] == "open":
        side = _choices(session, lang, notice)
    else:
        side = _finished(session, lang)
    reference = session["client_reference_id"]
    rows = "".join(_line(line, lang) for line in lines)
    order = f"<p class='quiet'>{text['order']} {escape(reference)}</p>" if reference else ""
    total = won(session["amount_total"], lang)
    return page(
        f"{text['title']} · {text['merchant']}",
        f"""<main class="split">
<section class="summary" aria-labelledby="total">
  <p class="merchant">{text["merchant"]}</p>
  {order}
  <h1 id="total"><span class="quiet">{text["total"]}</span> {total}</h1>
  <ul class="lines">{rows}</ul>
</section>
{side}
</main>""",
        lang=lang,
    )


def _line(line: Body, lang: str) -> str:
    quantity = TEXTS[lang]["quantity"].format(line["quantity"])
    return (
        f"<li><span>{escape(line['description'])} <small>{quantity}</small></span>"
        f"<strong>{won(line['amount_total'], lang)}</strong></li>"
    )


def _choices(session: Body, lang: str, notice: str) -> str:
    text = TEXTS[lang]
    alert = f'<p class="alert" role="alert">{text[notice]}</p>' if notice else ""
    methods = "".join(
        f"""<label class="method"><input type="radio" name="method" value="{escape(name)}"
{"checked" if index == 0 else ""}><span>{text[name]}</span></label>"""
        for index, name in enumerate(session["payment_method_types"])
    )
    email = session["customer_email"]
    payer = f'<p class="quiet">{text["email"]} {escape(email)}</p>' if email else ""
    cancel = session["cancel_url"]
    leave = f'<p><a href="{escape(cancel)}">{text["cancel"]}</a></p>' if cancel else ""
    until = datetime.fromtimestamp(session["expires_at"], KST).strftime("%Y. %m. %d. %H:%M (KST)")
    pay = text["pay"].format(won(session["amount_total"], lang))
    return f"""<section class="choices">
{alert}{payer}
<form method="post" action="/pay/{escape(session["id"])}">
  <fieldset><legend>{text["method"]}</legend>{methods}</fieldset>
  <button class="primary" name="outcome" value="paid">{pay}</button>
  <details {"open" if notice else ""}><summary>{text["others"]}</summary>
    <button name="outcome" value="declined">{text["decline"]}</button>
    <button name="outcome" value="later_paid">{text["later_paid"]}</button>
    <button name="outcome" value="later_failed">{text["later_failed"]}</button>
  </details>
</form>
{leave}
<p class="quiet">{text["until"].format(until)}</p>
</section>"""


def _finished(session: Body, lang: str) -> str:
    text = TEXTS[lang]
    status = session["status"]
    back = success_url(session) if status == "complete" else session["cancel_url"]
    link = f'<p><a class="primary" href="{escape(back)}">{text["back"]}</a></p>' if back else ""
    return f"""<section class="choices"><h2>{text[status + "_title"]}</h2>
<p>{text[status]}</p>{link}</section>"""


def panel(store: Store, settings: dict[str, Any], webhook_url: str, more: str = "") -> Response:
    """`more`: what other surfaces show there."""
    sessions = "".join(_session_row(body) for body in store.search("checkout.session", limit=SHOWN))
    refunds = "".join(_refund_row(body) for body in store.search("refund", limit=SHOWN))
    events = "".join(_event_row(store, body) for body in store.search("event", limit=SHOWN))
    held = store.rows("SELECT COUNT(*) AS count FROM deliveries WHERE state = 'held'")[0]["count"]
    hold = (
        button("이벤트 보류 끝내기", "hold", on=False)
        if settings["hold"]
        else button("이벤트 보류하기", "hold", on=True)
    )
    return page(
        "모의 결제 관리",
        f"""<main>
<h1>모의 결제 관리</h1>
<p class="quiet">웹훅: {escape(webhook_url) or "없음"} · 보류 중인 이벤트 {held}건</p>
<div class="bar">{hold}
{button("보류분 순서대로 보내기", "release", order="oldest")}
{button("보류분 거꾸로 보내기", "release", order="newest")}
{button("보류분 두 번씩 보내기", "release", copies=2)}
{button("다음 호출 500", "fail_next")}
{button("다음 호출 처리 후 끊기", "fail_next", kind="timeout", moment="after")}
{button("1시간 뒤로", "advance", seconds=3600)}
{button("모두 지우기", "reset")}</div>
<h2>결제 세션</h2>
{table(("시각", "주문", "금액", "상태", ""), sessions)}
<h2>환불</h2>
{table(("시각", "환불", "금액", "상태", ""), refunds)}
<h2>이벤트</h2>
{table(("시각", "이벤트", "전달", ""), events)}
{more}
</main>""",
    )


def _session_row(session: Body) -> str:
    id, intent = session["id"], session["payment_intent"]
    buttons = ""
    if session["status"] == "open":
        buttons = f'<a href="/pay/{escape(id)}">결제 화면</a>' + button("만료", "expire", id=id)
    elif session["status"] == "complete" and session["payment_status"] == "unpaid":
        buttons = button("확정", "settle", id=id, outcome="succeeded")
        buttons += button("실패", "settle", id=id, outcome="failed")
    elif session["payment_status"] == "paid":
        buttons = button("전액 환불", "refund", payment_intent=intent)
        buttons += button("이의 제기", "dispute", payment_intent=intent)
    return row(
        clock(session["created"]),
        escape(session["client_reference_id"] or id[:20]),
        won(session["amount_total"], "ko"),
        f"{session['status']} · {session['payment_status']}",
        buttons,
    )


def _refund_row(refund: Body) -> str:
    buttons = ""
    if refund["status"] == "pending":
        buttons = button("완료", "settle_refund", id=refund["id"])
    if refund["status"] in ("pending", "succeeded"):
        buttons += button("실패", "settle_refund", id=refund["id"], outcome="failed")
    return row(
        clock(refund["created"]),
        escape(refund["id"]),
        won(refund["amount"], "ko"),
        refund["status"],
        buttons,
    )


def _event_row(store: Store, event: Body) -> str:
    id = event["id"]
    deliveries = store.rows("SELECT state, answer FROM deliveries WHERE event = ?", id)
    states = ", ".join(f"{each['state']} {each['answer']}".strip() for each in deliveries)
    buttons = button("다시 보내기", "send", event=id)
    buttons += button("1분 뒤 보내기", "send", event=id, delay=60)
    return row(clock(event["created"]), escape(event["type"]), escape(states) or "–", buttons)
