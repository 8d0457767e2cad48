"""Certificates that members took for a purpose, one issued again, one declared void, and the cards
of a branch that are being made."""

from collections.abc import Callable

from kosna.demo.people import account
from kosna.demo.story import Story
from kosna.documents.models import Document
from members import actions
from members.models import Member

Kind = Document.Kind


def tell(story: Story) -> None:
    for key, days, purpose in (
        ("regular", 40, "관공서 제출용"),
        ("maria", 21, "For a visa"),
        ("contact", 18, "입찰·지원사업 신청용"),
    ):
        story.at(story.ago(days, 10), _taker(key, Kind.MEMBERSHIP, purpose=purpose))
    for key, days in (("regular", 33), ("contact", 17)):
        story.at(story.ago(days, 14), _taker(key, Kind.DUES))
    story.at(story.ago(17, 15), _taker("contact", Kind.DUES, language="en"))
    story.at(story.ago(9, 9), _again("regular"))
    story.at(story.ago(6, 10), _taker("jeju", Kind.MEMBERSHIP, purpose="직장 제출용"))
    story.at(story.ago(5, 10), _void("jeju"))
    story.at(story.ago(1, 16), _cards_of_a_branch)


def _taker(key: str, kind: str, *, purpose: str = "", language: str = "") -> Callable[[], Document]:
    def take() -> Document:
        user = account(key)
        return actions.issue_paper(
            Member.objects.of(user).get(),
            kind,
            holder=user,
            language=language or user.language,
            purpose=purpose,
            by=user,
        )

    return take


def _latest(key: str, kind: str) -> Document:
    return Document.objects.filter(subject=account(key), kind=kind).latest("pk")


def _again(key: str) -> Callable[[], Document]:
    return lambda: actions.reissue_paper(_latest(key, Kind.MEMBERSHIP), by=account(key))


def _void(key: str) -> Callable[[], None]:
    return lambda: actions.void_paper(
        _latest(key, Kind.MEMBERSHIP), reason="용도를 잘못 적어 다시 발급함", by=account("hq")
    )


def _cards_of_a_branch() -> None:
    actions.issue_many(
        Member.objects.filter(branch__code="jeju"),
        Kind.MEMBERSHIP_CARD,
        language="",
        purpose="",
        mails=False,
        by=account("hq"),
    )
