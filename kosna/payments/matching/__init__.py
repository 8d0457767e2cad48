"""Whose money a deposit is: names as banks print them (``names``), the orders it could be for
(``pool``), and which of them are beyond doubt (``deciding``). Nothing here writes."""

from kosna.payments.matching.deciding import Decision, decide
from kosna.payments.matching.names import Printed, buyer_key, printed
from kosna.payments.matching.pool import Candidate, Pool, Waiting, words_of

__all__ = [
    "Candidate",
    "Decision",
    "Pool",
    "Printed",
    "Waiting",
    "buyer_key",
    "decide",
    "printed",
    "words_of",
]
