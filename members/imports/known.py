"""Whom a line may be about: the members and the accounts that are there."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from allauth.account.models import EmailAddress

from kosna.accounts.models import User
from kosna.core import korean
from members.models import Member


@dataclass(frozen=True, slots=True)
class Known:
    """A running membership, as far as it helps to recognise it."""

    pk: int
    name: str
    number: str
    branch_id: int
    tier_id: int
    address: str
    user_id: int | None
    user_email: str
    user_phone: str
    business_number: str
    claim_email: str
    claim_phone: str

    @property
    def email(self) -> str:
        return (self.user_email or self.claim_email).lower()

    @property
    def phone(self) -> str:
        return self.user_phone or self.claim_phone


def known_members() -> Iterable[Known]:
    rows = Member.objects.filter(status__in=[Member.Status.ADMITTED, Member.Status.ACTIVE])
    names = ("pk", "name", "number", "branch_id", "tier_id", "address", "user_id")
    related = (
        "user__email",
        "user__phone",
        "organisation__business_number",
        "claim__email",
        "claim__phone",
    )
    for pk, name, number, *more in rows.values_list(*names, *related).iterator(chunk_size=5000):
        branch, tier, address, user, *texts = more
        yield Known(pk, name, number or "", branch, tier, address, user, *(t or "" for t in texts))


@dataclass(frozen=True, slots=True)
class Account:
    pk: int
    name: str
    is_verified: bool


def accounts_of(emails: set[str]) -> dict[str, Account]:
    """By the address of the account, or another one that its owner has proven."""
    users = User.objects.filter(email__in=emails).values_list("pk", "email", "name")
    proven = EmailAddress.objects.filter(email__in=emails, verified=True)
    accounts = {email: Account(pk, name, is_verified=False) for pk, email, name in users}
    accounts |= {
        email: Account(pk, name, is_verified=True)
        for pk, email, name in proven.values_list("user_id", "email", "user__name")
    }
    return accounts


@lru_cache(maxsize=100_000)
def name_key(name: str) -> str:
    """Names are compared without spaces and marks of the legal form: ㈜가온 = 주식회사 가온."""
    folded = korean.fold(name).replace(" ", "")
    for mark in ("(주)", "주식회사", "(사)", "사단법인"):
        folded = folded.replace(mark, "")
    return folded
