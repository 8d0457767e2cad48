"""The sandbox as one object: a WSGI application, and the controls that tests and people turn."""

import inspect
import json
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from . import pages, toss
from .api import Api
from .contract import DEFAULT_PATH, Contract
from .courier import RETRY_AFTER, Courier, signature
from .engine import Engine
from .errors import ApiError, ContractBroken, StripeError
from .html import message
from .store import DEFAULTS, Body, Store
from .web import Request, Response

LIVE = ("sk_live_", "rk_live_", "pk_live_", "live_sk_", "live_gsk_")
GATEWAYS = ("STRIPE", "TOSS")
REFUNDS = ("succeeded", "pending")
CSS = (Path(__file__).parent / "sandbox.css").read_bytes()
# The portal's own, since a machine may have no Korean letters.
FONTS = Path(__file__).parents[3] / "static" / "fonts" / "pretendard"
FONT_TYPES = {".css": "text/css; charset=utf-8", ".woff2": "font/woff2"}
FONT_FILES = {
    file.relative_to(FONTS).as_posix(): file
    for file in FONTS.rglob("*")
    if file.suffix in FONT_TYPES
}

# Controls that the JSON API (`POST /sandbox/control/<name>`) and the panel may turn.
CONTROLS = {
    "advance", "close_dispute", "configure", "decline", "deliveries", "dispute", "expire",
    "fail_next", "hold", "pay", "refund", "release", "reset", "send", "settle", "settle_refund",
    "truth", "wait",
}  # fmt: skip


class LiveKey(Exception):
    """A key for real money is set: no sandbox may run beside it."""


def refuse_live_keys(settings: Mapping[str, object]) -> None:
    for name, value in settings.items():
        if any(mark in str(value) for mark in LIVE):
            raise LiveKey(f"{name} holds a live key; the payment sandbox does not start.")


class Sandbox:
    """Payment sandbox. Amounts in whole won; a control that Stripe would refuse raises StripeError.

    `webhook_url`: where events go (none: events are only kept). `secret`: signs them.
    `toss_webhook_url`: where those of the second surface go. `db`: a file, or memory.
    `public_url`: how browsers reach us. `retry_after`: pauses in seconds between attempts to
    deliver.
    """

    def __init__(
        self,
        *,
        webhook_url: str = "",
        secret: str = "whsec_sandbox",
        toss_webhook_url: str = "",
        db: str = ":memory:",
        public_url: str = "",
        contract: Path = DEFAULT_PATH,
        retry_after: Sequence[float] = RETRY_AFTER,
    ) -> None:
        refuse_live_keys(
            {name: value for name, value in os.environ.items() if name.startswith(GATEWAYS)}
        )
        self.store = Store(db)
        self.contract = Contract(contract)
        self.engine = Engine(self.store, self.contract, public_url=public_url)
        self.courier = Courier(
            self.store, webhook_url=webhook_url, secret=secret, retry_after=retry_after
        )
        self.engine.on_event = self.courier.queue
        self.toss = toss.Toss(
            self.store, self.courier, now=self.engine.time, webhook_url=toss_webhook_url
        )
        self.toss.engine.public_url = public_url
        self.api = Api(self.engine, self.contract)
        self.fail_next = self.api.fail_next
        self.release = self.courier.release
        self.send = self.courier.send
        self.deliveries = self.courier.deliveries
        self.wait = self.courier.wait
        self.pay = self.engine.pay
        self.decline = self.engine.decline
        self.settle = self.engine.settle
        self.refund = self.engine.dashboard_refund
        self.settle_refund = self.engine.settle_refund
        self.dispute = self.engine.dispute
        self.close_dispute = self.engine.close_dispute
        self.truth = self.engine.truth

    @property
    def url(self) -> str:
        return self.engine.public_url

    def start(self) -> None:
        self.courier.start(self._tick)

    def stop(self) -> None:
        self.courier.stop()
        self.store.close()

    def reached_at(self, url: str) -> None:
        """How browsers reach us, where nobody has said it."""
        self.engine.public_url = self.toss.engine.public_url = self.url or url

    def _tick(self) -> None:
        self.engine.tick()
        self.toss.engine.tick()

    # Controls that belong to no single part

    def expire(self, id: str) -> Body:
        """The session's time is over now."""
        with self.store.transaction():
            return self.engine.expire_session(id)

    def configure(self, **changes: Any) -> dict[str, Any]:
        """Change settings (see `store.DEFAULTS`) and return them all."""
        if unknown := sorted(set(changes) - set(DEFAULTS)):
            raise StripeError(f"Unknown setting: {unknown[0]}", param=unknown[0])
        if changes.get("refunds", "succeeded") not in REFUNDS:
            raise StripeError(f"refunds is one of {REFUNDS}", param="refunds")
        with self.store.transaction():
            for name, value in changes.items():
                self.store.set(name, value)
            return {name: self.store.setting(name) for name in DEFAULTS}

    def hold(self, on: bool = True) -> dict[str, Any]:
        """Keep new events back until `release`; False lets new ones go at once again."""
        return self.configure(hold=on)

    def advance(self, seconds: float) -> int:
        """Let time pass for sessions and slow payments; returns the new time."""
        with self.store.transaction():
            self.store.set("clock_offset", self.store.setting("clock_offset") + seconds)
            self._tick()
            return self.engine.now()

    def reset(self) -> None:
        """Forget everything, settings included."""
        self.store.clear()

    def events(self, type: str | None = None) -> list[Body]:
        """Oldest first, as they happened."""
        found = reversed(self.store.search("event"))
        return [event for event in found if type in (None, event["type"])]

    def signed(self, event: Body, *, at: int | None = None) -> tuple[bytes, str]:
        """(payload, Stripe-Signature) as the courier would post it, for tests without a server."""
        payload = json.dumps(event, ensure_ascii=False).encode()
        stamp = int(time.time()) if at is None else at
        return payload, signature(payload, self.courier.secret, stamp)

    # The WSGI application

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        return self._respond(Request.read(environ)).send(start_response)

    def _respond(self, request: Request) -> Response:
        match request.method, request.path.rstrip("/").split("/")[1:]:
            case _, ["v1", *_]:
                return self.api(request)
            case "GET", ["sandbox", "style.css"]:
                return Response(CSS, headers=[("Content-Type", "text/css; charset=utf-8")])
            case "GET", ["sandbox", "fonts", *path] if file := FONT_FILES.get("/".join(path)):
                type = FONT_TYPES[file.suffix]
                return Response(file.read_bytes(), headers=[("Content-Type", type)])
            case _, ["toss", "v1", *_]:
                return self.toss(request)
            case "POST", _ if request.headers.get("sec-fetch-site") == "cross-site":
                return message("Refused", "Another site may not press buttons here.", 403)
            case _, ["toss", *_]:
                return self.toss(request)
            case "GET", ["pay", id]:
                return self._payment_page(id)
            case "POST", ["pay", id]:
                return self._payment_choice(id, request.form)
            case "GET", [] | ["sandbox"]:
                more = toss.panel(self.store)
                return pages.panel(self.store, self.configure(), self.courier.webhook_url, more)
            case "POST", ["sandbox"]:
                return self._press(request.form)
            case "POST", ["sandbox", "control", name]:
                return self._control(name, request)
            case "GET", ["sandbox", "control", "truth"]:
                return Response.json(self.truth())
        return message("404", "Nothing is here.", 404)

    def _payment_page(self, id: str, notice: str = "") -> Response:
        try:
            session = self.engine.get("checkout.session", id)
        except StripeError as refusal:
            return message("404", str(refusal), 404)
        return pages.payment(session, self.store.notes(id)["lines"], notice=notice)

    def _payment_choice(self, id: str, form: dict[str, str]) -> Response:
        method = form.get("method")
        try:
            match form.get("outcome"):
                case "paid":
                    session = self.pay(id, method)
                case "later_paid":
                    session = self.pay(id, method, later="succeeded")
                case "later_failed":
                    session = self.pay(id, method, later="failed")
                case "declined":
                    self.decline(id, method)
                    return self._payment_page(id, notice="declined")
                case _:
                    return self._payment_page(id)
        except StripeError:
            # Paid or expired in another tab: the page says which.
            return self._payment_page(id)
        return Response.redirect(pages.success_url(session))

    def _press(self, form: dict[str, str]) -> Response:
        """A button of the panel: its JSON, as the control API would take it."""
        try:
            self._turn(form.get("control", ""), json.loads(form.get("arguments", "{}")))
        except ApiError as refusal:
            return message("400", str(refusal), 400)
        return Response.redirect("/sandbox/")

    def _control(self, name: str, request: Request) -> Response:
        """JSON in, JSON out. A browser cannot send this content type across sites unasked."""
        if not request.headers["content-type"].startswith("application/json"):
            return Response.json({"error": {"message": "Send application/json."}}, status=415)
        try:
            answer = self._turn(name, json.loads(request.text or "{}"))
        except ContractBroken as mistake:
            return Response.json({"error": {"message": str(mistake)}}, status=500)
        except ApiError as refusal:
            return Response.json(refusal.body, status=refusal.status)
        except ValueError as mistake:
            return Response.json({"error": {"message": str(mistake)}}, status=400)
        return Response.json(answer)

    def _turn(self, name: str, arguments: Any) -> Any:
        surface, _, own = name.rpartition(".")
        thing, known = (self.toss, toss.CONTROLS) if surface else (self, CONTROLS)
        if own not in known or surface not in ("", "toss"):
            raise StripeError(f"No control of that name: {name}", status=404)
        control = getattr(thing, own)
        try:
            bound = inspect.signature(control).bind(**arguments)
        except TypeError as mistake:
            raise StripeError(f"{name}: {mistake}") from None
        return control(*bound.args, **bound.kwargs)
