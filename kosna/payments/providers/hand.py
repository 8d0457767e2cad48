"""At a door: a person takes the money, in cash or by the card terminal of the house, and a person
gives it back."""

from typing import ClassVar

from kosna.payments.models import Refund
from kosna.payments.providers.base import PayoutAccount


class Till:
    """Cash. By the time somebody wants it back the till is counted: it is wired."""

    name: ClassVar = "till"

    def needs_account(self, refund: Refund) -> bool:
        return True

    def refund(self, refund: Refund, account: PayoutAccount | None = None) -> None:
        """As from the bank: a person wires the money and then says so."""


class Terminal:
    """The payment is cancelled at the terminal, and goes back to the card."""

    name: ClassVar = "terminal"

    def needs_account(self, refund: Refund) -> bool:
        return False

    def refund(self, refund: Refund, account: PayoutAccount | None = None) -> None:
        """A person cancels it there, and then says so with the number of that slip."""
