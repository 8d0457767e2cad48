"""Somebody who closed their account; applications of years ago that were declined, one destroyed
on two people's word, another proposed and not approved yet."""

from kosna.accounts.retention import MAIL
from kosna.core import batches, clock
from kosna.demo.memberships import apply, basis_of, join
from kosna.demo.people import FORMER, account
from kosna.demo.post import deliver_before
from kosna.demo.story import Story
from kosna.retention import actions
from kosna.retention.models import Destruction
from members import actions as members
from members.models import Application, Member

PEOPLE = {person.key: person for person in FORMER}


def tell(story: Story) -> None:
    join(story, PEOPLE["farewell"], "associate", "daejeon", story.past(2, 5, 6), renews=False)
    story.at(story.ago(36, 20), _leaves)
    story.at(story.ago(35, 21), lambda: actions.close_account(ip=None, by=account("farewell")))
    for key, days in (("declined1", 800), ("declined2", 380)):
        apply(story, PEOPLE[key], "regular", "hq", story.ago(days, 10))
        story.at(story.ago(days - 4, 15), lambda key=key: _declined(key))  # type: ignore[misc]
    story.at(story.ago(61, 11), lambda: _propose("상반기 정기 파기"))
    story.at(story.ago(60, 9), _approve)
    story.at(story.ago(1, 11), lambda: _propose("하반기 정기 파기"))


def _leaves() -> None:
    person = account("farewell")
    members.withdraw(Member.objects.get(user=person), reason="해외로 이주합니다.", by=person)


def _declined(key: str) -> None:
    members.reject_application(
        Application.objects.get(applicant=account(key)),
        reason="신청인의 활동 분야가 정관 제5조의 회원 자격과 달라 반려합니다.",
        basis=basis_of(12),
        by=account("reviewer"),
    )


def _propose(note: str) -> None:
    deliver_before(MAIL.cutoff(clock.now()))
    actions.propose(note=note, by=account("admin"))


def _approve() -> None:
    actions.approve(Destruction.objects.proposed().get(), by=account("hq"))
    batches.run_all()
