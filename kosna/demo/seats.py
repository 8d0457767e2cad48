"""The people of ㈜가온소셜랩: invited, seated, gone again, and asking for a seat."""

from collections.abc import Callable
from datetime import datetime, timedelta

from kosna.accounts.models import User
from kosna.core import tokens
from kosna.demo import companies
from kosna.demo.people import MEMBERS, account, open_account
from kosna.demo.story import Story
from kosna.mail.models import Message
from members import actions
from members.models import CompanyDomain, Invitation, Member, Seat

PEOPLE = {person.key: person for person in MEMBERS}
DOMAIN = "gaon.example.test"


def tell(story: Story, joined: datetime) -> None:
    """``joined`` is when the company became a member."""
    for number, (key, role) in enumerate(
        (
            ("ceo", Seat.Role.REPRESENTATIVE),
            ("seat", Seat.Role.STAFF),
            ("leaver", Seat.Role.STAFF),
        )
    ):
        at = joined + timedelta(hours=2 + number)
        story.at(at, _inviter(PEOPLE[key].name, PEOPLE[key].email, role))
        story.at(at + timedelta(minutes=40), _accepter(key))
    story.at(
        story.ago(12, 17),
        lambda: actions.end_seat(_seat_of("leaver"), reason="퇴사", by=account("contact")),
    )
    story.at(story.ago(40, 11), _claim_domain)
    story.at(story.ago(40, 11, 20), _prove_domain)
    story.at(story.ago(2, 15), _inviter("설아린", "newhire@example.test", Seat.Role.STAFF))
    story.at(story.ago(1, 9), _ask_for_a_seat)
    story.at(story.ago(3, 14), _ask_for_another_name)


def _company(company: companies.Company) -> Member:
    return Member.objects.get(organisation__business_number=company.business_number)


def _seat_of(key: str) -> Seat:
    return Seat.objects.current().get(user=account(key))


def _inviter(name: str, email: str, role: str) -> Callable[[], object]:
    return lambda: actions.invite(
        _company(companies.GAON), name=name, email=email, role=role, by=account("contact")
    )


def _accepter(key: str) -> Callable[[], object]:
    def accept() -> None:
        user: User = open_account(PEOPLE[key])
        actions.accept_invitation(Invitation.objects.waiting().get(email=user.email), by=user)

    return accept


def _claim_domain() -> None:
    contact = account("contact")
    actions.claim_domain(_company(companies.GAON), mailbox=f"admin@{DOMAIN}", by=contact)


def _prove_domain() -> None:
    """With the code that stands in the mail."""
    mail = Message.objects.get(template="domain_code")
    code = tokens.code(mail.context["code"]["seed"])
    actions.prove_domain(CompanyDomain.objects.get(), code=code, by=account("contact"))


def _ask_for_a_seat() -> None:
    colleague = open_account(PEOPLE["colleague"])
    colleague.emailaddress_set.create(email=f"dasom@{DOMAIN}", verified=True)
    actions.request_seat(CompanyDomain.objects.get(), by=colleague)


def _ask_for_another_name() -> None:
    """A request that waits for the branch."""
    hanbit = _company(companies.HANBIT)
    actions.request_change(
        hanbit,
        name="한빛데이터랩㈜",
        business_number=companies.HANBIT.business_number,
        representative=companies.HANBIT.representative,
        note="상호 변경등기를 마쳤습니다. 등기부등본을 이메일로 보냈습니다.",
        by=account("corp"),
    )
