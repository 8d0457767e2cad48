"""How each member came in, renewed, fell behind or left, and where the open applications stand."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from io import BytesIO
from random import Random

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFont

from kosna.branches.models import Branch
from kosna.core import clock
from kosna.core.uploads import Checked, check_document
from kosna.demo import companies, money, seats
from kosna.demo.association import PAY_FIRST
from kosna.demo.companies import Company
from kosna.demo.people import (
    APPLICANTS,
    MEMBERS,
    Person,
    account,
    address_of,
    approver_of,
    background,
    open_account,
    phone_of,
)
from kosna.demo.story import Story
from kosna.payments.actions import choose_bank_transfer
from kosna.payments.models import Order
from members import actions
from members.forms import basis_text
from members.models import Application, Member, Tier, Topic
from members.standing import forfeitable

PEOPLE = {person.key: person for person in (*MEMBERS, *APPLICANTS)}
CARDS = ("kr_card", "kakao_pay", "naver_pay", "card", "payco")
TIER_OF_EACH = ("regular", "regular", "regular", "associate", "student")
VETERANS = 40  # of the background: here for at least a year


def basis_of(round_number: int) -> str:
    """The review board decides every other Thursday or so; all that matters is that it says so."""
    day = clock.today()
    return basis_text(f"제{round_number}차 심사위원회", day, f"{day.year}-{round_number}호")


def tell(story: Story) -> None:
    _the_named(story)
    _the_companies(story)
    _the_others(story)
    _those_who_left(story)
    _those_in_question(story)
    _the_open_applications(story)


def _the_named(story: Story) -> None:
    join(story, PEOPLE["regular"], "regular", "busan", story.past(1, 3, 4))
    join(story, PEOPLE["lapsed"], "regular", "daegu", story.past(3, 4, 10), renews=False)
    join(story, PEOPLE["associate"], "associate", "hq", story.past(0, 2, 16))
    join(story, PEOPLE["student"], "student", "daejeon", story.past(0, 3, 18))
    join(story, PEOPLE["jeju"], "regular", "jeju", story.past(2, 5, 20))
    if story.today.month == 11 and story.today.day > 2:  # next year's dues may be paid already
        story.at(story.ago(2, 10), lambda: _renew(PEOPLE["jeju"], None))
    join(story, PEOPLE["maria"], "regular", "hq", story.past(1, 6, 9))
    join(story, PEOPLE["lifetime"], "lifetime", "daejeon", story.past(4, 2, 14))
    story.at(story.ago(20), lambda: open_account(PEOPLE["account"]))


def _the_companies(story: Story) -> None:
    joined = story.past(1, 4, 22)
    join(story, PEOPLE["contact"], "company", "hq", joined, company=companies.GAON)
    seats.tell(story, joined)
    for company, branch, month in (
        (companies.MOONLIGHT, "busan", 5),
        (companies.HANBIT, "hq", 3),
        (companies.NURI, "hq", 6),
    ):
        person = PEOPLE[company.contact]
        join(story, person, company.tier, branch, story.past(1, month, 12), company=company)


def _the_others(story: Story) -> None:
    rng = Random(1)
    firms = {company.contact: company for company in companies.MORE}
    for index, (person, branch) in enumerate(background()):
        tier = TIER_OF_EACH[index % len(TIER_OF_EACH)]
        company = firms.get(person.key)
        years = rng.randrange(1, 5) if index < VETERANS else rng.randrange(2)
        joined = story.past(years, rng.randrange(1, 11), rng.randrange(1, 28), rng.randrange(9, 18))
        join(
            story,
            person,
            company.tier if company else tier,
            branch,
            joined,
            company=company,
            renews=not falls_behind(index),
        )


def falls_behind(index: int) -> bool:
    """Every ninth never paid again."""
    return index % 9 == 8


def _those_who_left(story: Story) -> None:
    join(story, PEOPLE["left"], "regular", "hq", story.past(3, 3, 3), renews=False)
    join(story, PEOPLE["expelled"], "regular", "daegu", story.past(5, 6, 6), renews=False)
    story.at(
        story.past(1, 8, 8),
        lambda: actions.withdraw(
            _member("left"), reason="직무가 바뀌어 탈퇴합니다.", by=account("left")
        ),
    )
    decided = story.past(4, 9, 9)
    basis = basis_text("제37차 이사회", clock.kst_date(decided), f"{decided.year}-4호")
    story.at(
        decided,
        lambda: actions.propose_expulsion(
            _member("expelled"),
            reason="협회 명의를 승낙 없이 사용하였습니다.",
            basis=basis,
            by=account("daegu"),
        ),
    )
    story.at(
        decided + timedelta(days=1),
        lambda: actions.confirm_expulsion(
            _member("expelled").removals.get(), by=account("reviewer")
        ),
    )
    # Years later the expelled one applies again: held, until the head office decides.
    apply(story, PEOPLE["expelled"], "regular", "daegu", story.ago(1, 15), again=True)


def _those_in_question(story: Story) -> None:
    """Rights that rest, an expulsion that waits for its second person, a forfeiture on the board's
    table."""
    join(story, PEOPLE["suspended"], "regular", "hq", story.past(2, 2, 12))
    join(story, PEOPLE["accused"], "regular", "hq", story.past(2, 9, 24))
    decided = story.ago(12, 11)
    basis = basis_text("제52차 이사회", clock.kst_date(decided), f"{decided.year}-9호")
    story.at(
        decided,
        lambda: actions.suspend(
            _member("suspended"),
            starts_on=clock.today(),
            ends_on=clock.today() + timedelta(days=60),
            reason="윤리 규정 제8조 위반(표절).",
            basis=basis,
            by=account("reviewer"),
        ),
    )
    story.at(
        story.ago(3, 14),
        lambda: actions.propose_expulsion(
            _member("accused"),
            reason="회비를 횡령한 사실이 확인되었습니다.",
            basis=basis,
            by=account("hq"),
        ),
    )

    def propose_forfeitures() -> None:
        named = [PEOPLE["lapsed"].email]
        rows = forfeitable(Member.objects.all(), clock.today()).exclude(user__email__in=named)
        actions.propose_forfeitures(
            rows.order_by("joined_on", "pk")[:1],
            reason="2년 이상 연회비 연체",
            by=account("hq"),
        )

    story.at(story.ago(2, 10), propose_forfeitures)


def _member(key: str) -> Member:
    return Member.objects.get(user__email=f"{key}@example.test", status=Member.Status.ACTIVE)


def _the_open_applications(story: Story) -> None:
    apply(story, PEOPLE["applicant"], "regular", "busan", story.ago(1, 9, 20))
    # A student pays first, and waits for the decision.
    apply(story, PEOPLE["applicant2"], "student", "daegu", story.ago(2, 16, 5))
    story.at(
        story.ago(2, 16, 20),
        lambda: _pay(Order.objects.get(application=_latest("applicant2")), PEOPLE["applicant2"]),
    )
    apply(story, PEOPLE["applicant3"], "company", "hq", story.ago(3, 11), company=companies.ONDAM)
    apply(story, PEOPLE["draft"], "regular", "hq", story.ago(4, 21), submits=False)

    apply(story, PEOPLE["revision"], "regular", "busan", story.ago(8, 10))
    story.at(
        story.ago(6, 14),
        lambda: actions.request_revision(
            _latest("revision"),
            named=["affiliation", "position"],
            reason="소속과 직위를 적어 주시기 바랍니다.",
            by=account("busan"),
        ),
    )
    apply(story, PEOPLE["rejected"], "regular", "hq", story.ago(30, 10))
    story.at(
        story.ago(25, 15),
        lambda: actions.reject_application(
            _latest("rejected"),
            reason="신청인의 활동 분야가 정관 제5조의 회원 자격과 달라 반려합니다.",
            basis=basis_of(41),
            by=account("reviewer"),
        ),
    )
    apply(story, PEOPLE["cancelled"], "student", "hq", story.ago(15, 10))
    story.at(
        story.ago(14, 9),
        lambda: actions.withdraw_application(_latest("cancelled"), by=account("cancelled")),
    )
    for key, tier, branch, days in (
        ("waiting", "regular", "busan", 4),
        ("minjun1", "associate", "hq", 2),
        ("minjun2", "associate", "daegu", 2),
    ):
        apply(story, PEOPLE[key], tier, branch, story.ago(days + 2, 10))
        story.at(story.ago(days, 11), _approver(key, branch))
        if key != "waiting":
            story.at(story.ago(days, 13), _transfer_chooser(key))


def _latest(key: str) -> Application:
    return Application.objects.filter(applicant__email=f"{key}@example.test").latest("pk")


def _approver(key: str, branch: str) -> Callable[[], object]:
    def approve() -> None:
        application = _latest(key)
        round_number = 20 + clock.today().year % 100 * 2
        actions.approve_application(
            application, basis=basis_of(round_number), by=approver_of(branch)
        )

    return approve


def _transfer_chooser(key: str) -> Callable[[], object]:
    def choose() -> None:
        order = Order.objects.get(application=_latest(key))
        choose_bank_transfer(order, by=order.user)

    return choose


def apply(
    story: Story,
    person: Person,
    tier: str,
    branch: str,
    at: datetime,
    *,
    company: Company | None = None,
    submits: bool = True,
    again: bool = False,
) -> None:
    """An account (unless it is there ``again``), a draft and, half an hour later, the application
    itself."""

    def write() -> None:
        user = account(person.key) if again else open_account(person)
        actions.save_draft(
            _form(person, tier, branch, company),
            proof=proof(tier) if Tier.objects.get(code=tier).needs_proof else None,
            by=user,
        )

    def submit() -> None:
        user = account(person.key)
        actions.submit_application(_latest(person.key), by=user)

    story.at(at - timedelta(minutes=30), write)
    if submits:
        story.at(at, submit)


def _form(person: Person, tier: str, branch: str, company: Company | None) -> Application:
    postcode, address, detail = address_of(person)
    application = Application(
        tier=Tier.objects.get(code=tier),
        branch=Branch.objects.get(code=branch),
        name=person.name,
        name_en=person.name_en,
        phone=phone_of(person),
        postcode=postcode,
        address=address,
        address_detail=detail,
        affiliation=person.affiliation,
        position=person.position,
        topics=[Topic.values[len(person.key) % 7], Topic.COMPUTING],
    )
    if company:
        application.organisation_name = company.name
        application.business_number = company.business_number
        application.representative = company.representative
        application.size = company.size
        application.industry = company.industry
        application.is_in_g_valley = company.in_g_valley
        application.tax_email = person.email
    return application


def join(
    story: Story,
    person: Person,
    tier: str,
    branch: str,
    at: datetime,
    *,
    company: Company | None = None,
    renews: bool = True,
) -> None:
    """Applied two days before, approved the day before, paid ``at`` (where payment comes first,
    the other way round); renewed each December."""
    apply(story, person, tier, branch, at - timedelta(days=2), company=company)
    approved_at, paid_at = at - timedelta(days=1), at
    if tier in PAY_FIRST:
        approved_at, paid_at = at, at - timedelta(days=1)
    story.at(approved_at, _approver(person.key, branch))
    story.at(paid_at, lambda: _pay(Order.objects.get(application=_latest(person.key)), person))
    for_life = tier == "lifetime"
    if not renews or for_life:
        return
    # Who joins late in a year has paid for the next one, whatever the year of the dues calendar.
    day = clock.kst_date(at)
    year = day.year + (day.month >= 11)
    while True:
        renewal = datetime(year, 12, 1 + sum(map(ord, person.key)) % 20, 11, 15, tzinfo=clock.KST)
        if renewal > story.now:
            return
        story.at(renewal, lambda: _renew(person, company))
        year += 1


def _renew(person: Person, company: Company | None) -> None:
    user = account(person.key)
    mine = Member.objects.active()
    member = (
        mine.get(organisation__business_number=company.business_number)
        if company
        else mine.get(user=user)
    )
    if member.paid_to and member.paid_to.year > clock.today().year:
        return  # with another change of theirs
    _pay(actions.renew(member, by=user), person)


def _pay(order: Order, person: Person) -> None:
    """Cards of all kinds; every third person sends a transfer."""
    choice = sum(map(ord, person.key))
    if choice % 3 == 0:
        money.pay_by_bank(order, by=account("treasurer"), second=account("treasurer2"))
    else:
        money.pay_by_card(order, CARDS[choice % len(CARDS)])


@cache
def proof(tier: str) -> Checked:
    """A picture that says what it stands for, checked like any upload."""
    title = "학생증 사본" if tier == "student" else "사업자등록증 사본"
    font = settings.BASE_DIR / "kosna" / "documents" / "fonts" / "Pretendard-Bold.otf"
    picture = Image.new("RGB", (840, 1188), "#fbfbf8")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((40, 40, 800, 1148), outline="#1c2b4a", width=4)
    draw.text((420, 240), title, "#1c2b4a", ImageFont.truetype(font, 56), anchor="mm")
    draw.text((420, 600), "시연용 가상 서류", "#b4540a", ImageFont.truetype(font, 72), anchor="mm")
    content = BytesIO()
    picture.save(content, "PNG")
    upload = SimpleUploadedFile(f"{title}.png", content.getvalue())
    return check_document(upload, kinds=("png",))
