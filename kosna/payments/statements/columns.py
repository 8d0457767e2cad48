"""What the columns of a bank file hold: the headings of Korean banks, best word first."""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.core.columns import normalised

FIELDS: dict[str, Promise] = {
    "at": gettext_lazy("Date and time"),
    "day": gettext_lazy("Date"),
    "time": gettext_lazy("Time of day"),
    "incoming": gettext_lazy("Money in"),
    "outgoing": gettext_lazy("Money out"),
    "amount": gettext_lazy("Amount, in or out"),
    "direction": gettext_lazy("In or out"),
    "balance": gettext_lazy("Balance"),
    "payer": gettext_lazy("Depositor name"),
    "memo": gettext_lazy("Kind of movement"),
    "office": gettext_lazy("Bank office"),
}

# As 국민, 신한, 우리, 하나, 농협, 기업, SC제일, 카카오뱅크, 토스뱅크 and others write them. Of
# several columns that could hold the same, the one whose word stands first here does: 농협 prints
# the payer under 거래기록사항 and the kind under 거래내용, which elsewhere is the payer.
_WORDS = {
    "at": "거래일시 거래일자시간 거래일시간 거래일자및시간 거래날짜및시간 일시",
    "day": "거래일자 거래일 거래날짜 일자 날짜 입금일 이체일",
    "time": "거래시간 거래시각 시간 시각",
    "incoming": "입금액 입금금액 맡기신금액 들어온금액 받은금액 예입금액 입금",
    "outgoing": "출금액 출금금액 찾으신금액 나간금액 지급금액 지급액 보낸금액 출금 지급",
    "amount": "거래금액 입출금액 금액",
    "direction": "입출금구분 입출구분 구분 거래구분 거래유형",
    "balance": "거래후잔액 잔액 남은금액 통장잔액 잔고",
    "payer": "보낸분받는분 받는분보낸분 보낸분 보내는분받는분 의뢰인수취인 의뢰인명 의뢰인"
    " 입금자명 입금자 입금인 기재내용 거래기록사항 통장인자내용 내용 거래내용"
    " 상대계좌예금주명 상대예금주명",
    "memo": "적요 거래종류 거래적요 거래구분 송금메모 이체메모 내통장표시 통장표시 메모 거래메모"
    " 비고",
    "office": "거래점 거래점명 취급점 처리점 취급기관 취급지점 취급은행 거래은행",
    "else_payer": "적요 비고 메모 거래메모",  # where some banks print the payer
}
_RANKS: dict[str, list[tuple[str, int]]] = {}
for _field, _words in _WORDS.items():
    for _rank, _word in enumerate(_words.split()):
        _RANKS.setdefault(_word, []).append((_field, _rank))


def guess(headings: Sequence[str]) -> list[str]:
    """For each column what it most likely holds, or nothing; no field is guessed twice."""
    best: dict[str, tuple[int, int]] = {}
    for index, heading in enumerate(headings):
        for field, rank in _RANKS.get(normalised(heading), ()):
            best[field] = min(best.get(field, (rank, index)), (rank, index))
    _drop_what_is_said_twice(best)
    guesses = [""] * len(headings)
    for field, (_rank, index) in best.items():
        if not guesses[index]:
            guesses[index] = field
    return guesses


def is_plain(headings: Sequence[str], mapping: Sequence[str]) -> bool:
    """Whether the depositor's name stands under a heading that means just that. Under 적요 some
    banks print it and others the kind of movement: there, a person looks first."""
    words = _WORDS["payer"].split()
    pairs = zip(headings, mapping, strict=True)
    return any(field == "payer" and normalised(heading) in words for heading, field in pairs)


def _drop_what_is_said_twice(best: dict[str, tuple[int, int]]) -> None:
    if "at" in best:
        best.pop("day", None)
        best.pop("time", None)
    if "incoming" in best:
        best.pop("amount", None)
    if "amount" not in best:
        best.pop("direction", None)
    elsewhere = best.pop("else_payer", None)
    if "payer" not in best and elsewhere:
        best["payer"] = elsewhere
        if best.get("memo", (0, -1))[1] == elsewhere[1]:
            best.pop("memo")


def choices() -> list[tuple[str, str | Promise]]:
    return [("", _("– leave this column out –")), *FIELDS.items()]


def faults(mapping: Sequence[str]) -> dict[int | None, str]:
    """What is wrong with a mapping: by column, or (None) with the whole."""
    found: dict[int | None, str] = {}
    first: dict[str, int] = {}
    for index, field in enumerate(mapping):
        if field and field in first:
            found[index] = _("Another column holds this already (column %(n)s).") % {
                "n": first[field] + 1
            }
        elif field:
            first[field] = index
    if not first.keys() & {"at", "day"}:
        found[None] = _("Say which column holds the date.")
    elif not first.keys() & {"incoming", "amount"}:
        found[None] = _("Say which column holds the money that came in.")
    elif "balance" not in first:
        found[None] = _(
            "Say which column holds the balance: by it, two deposits of the same minute are told"
            " apart."
        )
    elif "payer" not in first:
        found[None] = _("Say which column holds the depositor's name.")
    return found
