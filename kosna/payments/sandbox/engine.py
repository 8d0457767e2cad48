"""What Stripe does: sessions open, people pay or don't, money goes back, events tell of it.

Every method is one transaction: the objects change and their events are queued together. Amounts
are whole won. A refusal is a StripeError and changes nothing.
"""

import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from . import shapes
from .contract import Contract
from .errors import StripeError, missing
from .params import REFUND_PARAMS, SESSION_PARAMS, check_session, only
from .store import Body, Store

MINIMUM_WON = 100
# Which API request is running: events carry its id and idempotency key.
current_request: ContextVar[tuple[str | None, str | None]] = ContextVar(
    "current_request", default=(None, None)
)


class Engine:
    """The behaviour behind the API, the payment page and the control panel."""

    def __init__(self, store: Store, contract: Contract, *, public_url: str = "") -> None:
        self.store = store
        self.contract = contract
        self.public_url = public_url
        self.on_event: Callable[[str], None] = lambda id: None  # the courier listens here

    def now(self) -> int:
        return int(self.time())

    def time(self) -> float:
        return time.time() + self.store.setting("clock_offset")

    # Reading

    def get(self, kind: str, id: str, *, param: str = "id") -> Body:
        """The object as of now: what the clock changed meanwhile has changed."""
        with self.store.transaction():
            self.tick()
            if found := self.store.get(kind, id):
                return found
        raise missing(kind, id, param=param)

    def tick(self) -> None:
        """Everything that happens by itself: sessions expire, slow payments settle."""
        now = self.now()
        with self.store.transaction():
            for session in self.store.due("checkout.session", now):
                if session["status"] == "open":
                    self._close_unpaid(session)
                else:
                    self.settle(session["id"])

    # Through the API

    def create_session(self, params: dict[str, Any]) -> Body:
        only(params, SESSION_PARAMS)
        now = self.now()
        params = params | {"payment_method_types": check_session(params, now)}
        session = shapes.checkout_session(params, now=now, public_url=self.public_url)
        total = session["amount_total"]
        if total < MINIMUM_WON:
            raise StripeError(
                "The Checkout Session's total amount due must add up to at least "
                f"₩{MINIMUM_WON} krw",
                code="amount_too_small",
                param="line_items",
            )
        for method in session["payment_method_types"]:
            if total > shapes.MAXIMUM.get(method, total):
                raise StripeError(
                    f"The amount ₩{total:,} is above the maximum of {method}, "
                    f"₩{shapes.MAXIMUM[method]:,}.",
                    code="amount_too_large",
                    param="payment_method_types",
                )
        self.store.add(
            session,
            due=session["expires_at"],
            lines=[shapes.line_item(line, now=now) for line in params["line_items"]],
            intent_data=params.get("payment_intent_data", {}),
        )
        return session

    def update_session(self, id: str, params: dict[str, Any]) -> Body:
        """Metadata only: keys are merged, an empty value removes its key."""
        only(params, {"expand", "metadata"})
        session = self.get("checkout.session", id, param="session")
        merged = session["metadata"] | (params.get("metadata") or {})
        session["metadata"] = {key: value for key, value in merged.items() if value != ""}
        self.store.save(session, due=self._due(session))
        return session

    def expire_session(self, id: str) -> Body:
        session = self.get("checkout.session", id, param="session")
        if session["status"] != "open":
            raise StripeError(
                'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout '
                f"Session has a status of {session['status']}.",
                param="session",
            )
        return self._close_unpaid(session)

    def create_refund(self, params: dict[str, Any]) -> Body:
        """`payment_intent` or `charge`; `amount` in won, all that is left when omitted."""
        only(params, REFUND_PARAMS)
        charge = self._charge_to_refund(params)
        left = charge["amount_captured"] - charge["amount_refunded"]
        amount = params.get("amount", left)
        if left == 0:
            raise StripeError(
                f"Charge {charge['id']} has already been refunded.",
                code="charge_already_refunded",
            )
        if amount < 1:
            raise StripeError(
                "Invalid positive integer", code="parameter_invalid_integer", param="amount"
            )
        if amount > left:
            raise StripeError(
                f"Refund amount (₩{amount:,}) is greater than unrefunded amount on charge "
                f"(₩{left:,})",
                param="amount",
            )
        if charge["disputed"] and not self._is_won(charge):
            raise StripeError(
                f"Charge {charge['id']} has been charged back; cannot issue a refund.",
                code="charge_disputed",
            )
        status = self.store.setting("refunds")
        refund = shapes.refund(charge, amount=amount, status=status, now=self.now(), params=params)
        self.store.add(refund, intent=charge["payment_intent"])
        self._set_refunded(charge, charge["amount_refunded"] + amount)
        self._emit("refund.created", refund)
        self._emit("charge.refunded", charge)
        return refund

    # On the payment page

    def pay(self, id: str, method: str | None = None, *, later: str | None = None) -> Body:
        """The payer agrees. `later` is "succeeded" or "failed" when the bank decides afterwards."""
        with self.store.transaction():
            session, intent = self._attempt(id, method)
            status = "pending" if later else "succeeded"
            charge = self._charge(session, intent, status)
            session["status"] = "complete"
            session["customer_details"] = {
                "address": None, "email": session["customer_email"], "name": None, "phone": None,
                "tax_exempt": "none", "tax_ids": [],
            }  # fmt: skip
            intent["status"] = "processing" if later else "succeeded"
            if not later:
                session["payment_status"] = "paid"
                intent["amount_received"] = charge["amount_captured"]
            self.store.save(intent)
            due = None
            if later:
                self.store.note(id, outcome=later)
                delay = self.store.setting("async_delay")
                due = None if delay is None else self.now() + delay
            self.store.save(session, due=due, intent=intent["id"])
            if not later:
                self._emit("payment_intent.succeeded", intent)
            self._emit("checkout.session.completed", session)
            return session

    def decline(self, id: str, method: str | None = None) -> Body:
        """The payer's bank says no; the session stays open for another try."""
        with self.store.transaction():
            session, intent = self._attempt(id, method)
            self._fail(intent, self._charge(session, intent, "failed"))
            self.store.save(session, due=session["expires_at"], intent=intent["id"])
            self._emit("payment_intent.payment_failed", intent)
            return session

    # Afterwards: the bank, the dashboard

    def settle(self, id: str, outcome: str | None = None) -> Body:
        """An asynchronous payment is decided, as promised or as `outcome` says."""
        with self.store.transaction():
            session = self.store.get("checkout.session", id)
            if session is None:
                raise missing("checkout.session", id)
            intent = self.store.get("payment_intent", session["payment_intent"] or "")
            if intent is None or intent["status"] != "processing":
                raise StripeError(f"Nothing is pending on {id}.")
            charge = self.store.get("charge", intent["latest_charge"])
            assert charge is not None
            if (outcome or self.store.notes(id)["outcome"]) == "succeeded":
                session["payment_status"] = "paid"
                charge |= {
                    "status": "succeeded",
                    "captured": True,
                    "amount_captured": charge["amount"],
                    "balance_transaction": shapes.new_id("txn"),
                }
                intent |= {"status": "succeeded", "amount_received": charge["amount"]}
                types = "payment_intent.succeeded", "checkout.session.async_payment_succeeded"
            else:
                charge |= {"status": "failed", "paid": False}
                self._fail(intent, charge)
                types = "payment_intent.payment_failed", "checkout.session.async_payment_failed"
            for body in (charge, intent, session):
                self.store.save(body)
            self._emit(types[0], intent)
            self._emit(types[1], session)
            return session

    def dashboard_refund(self, payment_intent: str, amount: int | None = None) -> Body:
        """Somebody refunds in Stripe's own dashboard, past the portal."""
        with self.store.transaction():
            params: dict[str, Any] = {"payment_intent": payment_intent}
            return self.create_refund(params if amount is None else params | {"amount": amount})

    def settle_refund(self, id: str, outcome: str = "succeeded") -> Body:
        """A refund ends; "failed" gives the money back to us, even after it had succeeded."""
        with self.store.transaction():
            refund = self.get("refund", id)
            if refund["status"] not in ("pending", "succeeded" if outcome == "failed" else ""):
                raise StripeError(f"Refund {id} is {refund['status']}.")
            refund.pop("pending_reason", None)
            refund["status"] = outcome
            if outcome == "failed":
                refund |= {
                    "failure_reason": "expired_or_canceled_card",
                    "failure_balance_transaction": shapes.new_id("txn"),
                }
                charge = self.get("charge", refund["charge"])
                self._set_refunded(charge, charge["amount_refunded"] - refund["amount"])
            else:
                refund["balance_transaction"] = shapes.new_id("txn")
            self.store.save(refund)
            self._emit("refund.updated", refund)
            if outcome == "failed":
                self._emit("refund.failed", refund)
            return refund

    def dispute(self, payment_intent: str, reason: str = "fraudulent") -> Body:
        """The card holder asks the bank for the money back."""
        with self.store.transaction():
            charge = self._charge_to_refund({"payment_intent": payment_intent})
            if charge["disputed"]:
                raise StripeError(f"Charge {charge['id']} is already disputed.")
            if charge["refunded"]:
                raise StripeError(f"Charge {charge['id']} has been refunded: nothing is left.")
            dispute = shapes.dispute(charge, reason=reason, now=self.now())
            charge["disputed"] = True
            self.store.save(charge)
            self.store.add(dispute, intent=payment_intent)
            self._emit("charge.dispute.created", dispute)
            return dispute

    def close_dispute(self, id: str, outcome: str) -> Body:
        """`outcome` is "won" (the money stays) or "lost"."""
        if outcome not in ("won", "lost"):
            raise StripeError("outcome is won or lost", param="outcome")
        with self.store.transaction():
            dispute = self.get("dispute", id)
            dispute["status"] = outcome
            self.store.save(dispute)
            self._emit("charge.dispute.closed", dispute)
            return dispute

    def truth(self) -> dict[str, Any]:
        """Every object as it is, and what the money adds up to (won)."""
        with self.store.transaction():
            self.tick()
            kinds = ("checkout.session", "payment_intent", "charge", "refund", "dispute", "event")
            objects = {kind: self.store.search(kind) for kind in kinds}
        captured = sum(charge["amount_captured"] for charge in objects["charge"])
        refunded = sum(charge["amount_refunded"] for charge in objects["charge"])
        lost = sum(each["amount"] for each in objects["dispute"] if each["status"] == "lost")
        return {
            "sessions": objects["checkout.session"],
            "payment_intents": objects["payment_intent"],
            "charges": objects["charge"],
            "refunds": objects["refund"],
            "disputes": objects["dispute"],
            "events": objects["event"],
            "captured": captured,
            "refunded": refunded,
            "lost": lost,
            "balance": captured - refunded - lost,
        }

    # Parts

    def _attempt(self, id: str, method: str | None) -> tuple[Body, Body]:
        """An open session and its PaymentIntent, which the first attempt brings into being."""
        session = self.get("checkout.session", id)
        if session["status"] != "open":
            raise StripeError(f"This Checkout Session is {session['status']}.", param="session")
        method = method or session["payment_method_types"][0]
        if method not in session["payment_method_types"]:
            raise StripeError(f"{method} is not offered here.", param="method")
        if session["payment_intent"]:
            intent = self.get("payment_intent", session["payment_intent"])
        else:
            extra = self.store.notes(id)["intent_data"]
            intent = shapes.payment_intent(session, extra, now=self.now())
            self.store.add(intent, intent=intent["id"])
            session["payment_intent"] = intent["id"]
        intent["payment_method"] = shapes.new_id("pm")
        self.store.note(id, method=method)
        return session, intent

    def _charge(self, session: Body, intent: Body, status: str) -> Body:
        charge = shapes.charge(
            intent,
            method=self.store.notes(session["id"])["method"],
            email=session["customer_email"],
            status=status,
            now=self.now(),
        )
        self.store.add(charge, intent=intent["id"])
        intent |= {"latest_charge": charge["id"], "last_payment_error": None}
        return charge

    def _fail(self, intent: Body, charge: Body) -> None:
        charge |= {
            "failure_code": "card_declined",
            "failure_message": "Your card was declined.",
        }
        self.store.save(charge)
        intent |= {
            "status": "requires_payment_method",
            "payment_method": None,
            "last_payment_error": {
                "type": "card_error",
                "code": "card_declined",
                "decline_code": "generic_decline",
                "message": "Your card was declined.",
                "charge": charge["id"],
            },
        }
        self.store.save(intent)

    def _close_unpaid(self, session: Body) -> Body:
        session |= {"status": "expired", "url": None}
        self.store.save(session)
        if session["payment_intent"]:
            intent = self.store.get("payment_intent", session["payment_intent"])
            assert intent is not None
            intent |= {
                "status": "canceled",
                "canceled_at": self.now(),
                "cancellation_reason": "expired",
            }
            self.store.save(intent)
        self._emit("checkout.session.expired", session)
        return session

    def _charge_to_refund(self, params: dict[str, Any]) -> Body:
        if ("payment_intent" in params) == ("charge" in params):
            raise StripeError(
                "One of the following params should be provided for this request: "
                "payment_intent or charge.",
                code="parameter_missing",
            )
        if "charge" in params:
            charge = self.get("charge", params["charge"], param="charge")
        else:
            intent = self.get("payment_intent", params["payment_intent"], param="payment_intent")
            if intent["status"] != "succeeded":
                raise StripeError(
                    f"This PaymentIntent ({intent['id']}) does not have a successful charge to "
                    "refund.",
                    code="payment_intent_unexpected_state",
                    param="payment_intent",
                )
            charge = self.get("charge", intent["latest_charge"])
        if charge["status"] != "succeeded":
            raise StripeError(
                f"Charge {charge['id']} was not captured.", code="charge_not_captured"
            )
        return charge

    def _is_won(self, charge: Body) -> bool:
        disputes = self.store.search("dispute", intent=charge["payment_intent"])
        return all(dispute["status"] == "won" for dispute in disputes)

    def _set_refunded(self, charge: Body, amount: int) -> None:
        charge |= {"amount_refunded": amount, "refunded": amount == charge["amount_captured"]}
        self.store.save(charge)

    def _due(self, session: Body) -> float | None:
        rows = self.store.rows("SELECT due FROM objects WHERE id = ?", session["id"])
        return rows[0]["due"]

    def _emit(self, type: str, subject: Body) -> None:
        self.contract.check_object(subject)
        request, key = current_request.get()
        event = shapes.event(
            type, subject, version=self.contract.version, now=self.now(), request=request, key=key
        )
        self.contract.check_object(event)
        self.store.add(event, intent=subject.get("payment_intent"))
        self.on_event(event["id"])
