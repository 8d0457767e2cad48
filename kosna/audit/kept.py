"""The record of who saw whose data is a sealed chain: it stays whole."""

from kosna.accounts.retention import ACCESS, Fate, rule


def tell() -> None:
    rule(Fate.STAYS, ACCESS, "looks")
