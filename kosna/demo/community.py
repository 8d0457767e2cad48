"""What stands on the boards: announcements of the events and reports that there are, calls, answers,
and what members ask each other. What newspapers wrote is invented, but for the facts of our source;
so are the newspapers."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from kosna.branches.models import Branch
from kosna.core.uploads import Checked, check_document
from kosna.demo.people import account
from kosna.demo.story import Story
from kosna.management.demo_reports import demo_pdf
from members.community import actions
from members.community.forms import PostForm
from members.community.models import Board, Comment, Post

# days ago, board, branch, by whom, title and text in both languages, what the board asks for
POSTS: tuple[tuple[int, Board, str, str, str, str, str, str, dict[str, Any]], ...] = (
    (60, Board.NOTICES, "hq", "hq",
     "회원 정보광장을 열었습니다",
     "공지, 사업공고, 자료실과 자주 묻는 질문을 한곳에 모았습니다."
     "\n\n정보교류 게시판은 회원만 이용하실 수 있습니다. 준회원과 학생회원은 읽고, 정회원과 특별회원은 글도 쓰실 수 있습니다."
     " 회원 종류별 권리는 https://kosna.example.test/members/ 에서 확인하실 수 있습니다.",
     "The community pages are open",
     "Notices, calls, resources and questions are in one place.\n\nThe exchange is for members:"
     " associate and student members read, regular and special members write as well. See the rights"
     " of each kind of membership at https://kosna.example.test/members/",
     {"is_pinned": "on"}),
    (12, Board.NOTICES, "hq", "hq",
     "G밸리 소셜 데이터 컨퍼런스 참가 신청을 받습니다",
     "정회원은 우선 신청 기간에 먼저 신청하실 수 있습니다. 발표 일정과 참가비는 행사 안내에서 확인해 주십시오."
     "\n\n좌석이 차면 대기로 접수하며, 자리가 나면 순서대로 연락드립니다.",
     "Registration for the G-Valley Social Data Conference",
     "Regular members register first. Programme and prices are on the page of the event.\n\nOnce the"
     " seats are taken you join the waiting list, and we write to you in turn.",
     {}),
    (6, Board.NOTICES, "hq", "hq",
     "연구자료 ‘개인정보 보호법 개정과 소셜 데이터 분석 실무 2026’을 공개했습니다",
     "소셜 데이터를 수집하고 분석할 때 지켜야 할 절차를 사례로 정리했습니다. 연구자료에서 열람하실 수 있습니다.",
     "New report: the amended Personal Information Protection Act in practice",
     "What to observe when social data is gathered and analysed, told by cases. It is in the"
     " library.",
     {}),
    (9, Board.CALLS, "hq", "hq",
     "G밸리 소셜 컨설팅 1기 참여기업 모집",
     "G밸리 입주기업 10개사를 모집합니다. 전문가가 세 차례 방문해 소셜 채널 운영을 진단하고 개선안을 함께 만듭니다."
     "\n\n신청 대상: G밸리에 입주한 중소기업과 1인 창조기업\n선정 방법: 서면 심사\n비용: 무료",
     "G-Valley social consulting, round 1: ten companies wanted",
     "Experts visit three times, look at your channels and work out improvements with you."
     "\n\nFor: small companies and one-person businesses in G-Valley\nSelection: by application\nFree"
     " of charge",
     {"deadline": 24}),
    (15, Board.CALLS, "busan", "busan",
     "부산지부 소상공인 짧은 영상 제작 지원",
     "부산지부가 소상공인 다섯 곳의 짧은 영상 제작을 돕습니다. 촬영 계획서 한 장을 지부로 보내 주십시오.",
     "Busan: help with short videos for small merchants",
     "The Busan branch helps five merchants make short videos. Please send a one-page plan to the"
     " branch.",
     {"deadline": 6}),
    (70, Board.CALLS, "hq", "hq",
     "시민 블로그 필진 모집",
     "지역 소식을 함께 알릴 시민 필진을 모집했습니다. 접수가 끝났으며 결과는 개별로 알려 드렸습니다.",
     "Citizens' blog: writers wanted",
     "We looked for citizens who write about their neighbourhood. The call is closed; everybody has"
     " been answered.",
     {"deadline": -30}),
    (50, Board.FILES, "hq", "hq",
     "입회신청 안내문",
     "입회 절차와 준비 서류를 한 장으로 정리했습니다. 자유롭게 나누어 쓰셔도 됩니다.",
     "How to join: handout",
     "The way to membership and the papers that you need, on one page. Please pass it on.",
     {"file": "how-to-join"}),
    (21, Board.FILES, "hq", "hq",
     "SNS 채널 점검표",
     "회원 기업이 분기마다 채널을 점검할 때 쓰는 표입니다.",
     "Checklist for social channels",
     "The checklist with which member companies look at their channels every quarter.",
     {"for_members": "on", "file": "channel-checklist"}),
    (18, Board.FILES, "daegu", "daegu",
     "대구지부 SNS 동향 세미나 요약",
     "지난 세미나의 발표를 두 쪽으로 요약했습니다.",
     "Daegu seminar on trends: summary",
     "The talks of the last seminar on two pages.",
     {"file": "daegu-seminar-summary"}),
    (58, Board.FAQ, "hq", "hq",
     "계정을 만들면 바로 회원이 되나요?",
     "아닙니다. 계정은 행사 신청과 자료 열람에 쓰는 것이고, 회원이 되려면 입회신청을 하셔야 합니다."
     " 승인 뒤 회비를 납부하시면 회원 자격이 시작됩니다.",
     "Am I a member once I have an account?",
     "No. With an account you register for events and read what is public. Membership begins with an"
     " application, its approval and the payment of dues.",
     {"topic": "membership"}),
    (58, Board.FAQ, "hq", "hq",
     "회비를 늦게 내면 어떻게 되나요?",
     "납부 기한이 지나도 유예 기간에는 의결권을 뺀 권리가 유지됩니다. 유예가 끝나면 납부하실 때까지 권리가 정지됩니다.",
     "What if I pay my dues late?",
     "During the grace period you keep your rights, but for the vote. After it they rest until you"
     " pay.",
     {"topic": "membership"}),
    (57, Board.FAQ, "hq", "hq",
     "행사 신청을 취소하면 환불되나요?",
     "행사마다 환불 기준이 있습니다. 표의 취소 페이지에서 돌려받으실 금액을 먼저 보여 드립니다.",
     "Do I get my money back when I cancel a registration?",
     "Each event has its own rule. The page on which you cancel a ticket shows first what you get"
     " back.",
     {"topic": "events"}),
    (57, Board.FAQ, "hq", "hq",
     "연구자료 전문은 누가 볼 수 있나요?",
     "자료마다 열람 등급이 있습니다. 초록은 누구나, 전문은 해당 등급의 회원이 내려받으실 수 있습니다.",
     "Who reads the full reports?",
     "Each report says for whom it is. Everybody reads the abstract; members of the tiers named take"
     " the full text.",
     {"topic": "research"}),
    (56, Board.FAQ, "hq", "hq",
     "무통장입금은 언제 확인되나요?",
     "영업일 기준 하루 안에 확인합니다. 입금자명이 주문과 다르면 사무국으로 알려 주십시오.",
     "When is a bank transfer confirmed?",
     "Within one working day. Please tell us when the depositor name differs from the order.",
     {"topic": "payments"}),
    (56, Board.FAQ, "hq", "hq",
     "내 정보를 누가 보았는지 알 수 있나요?",
     "마이페이지에서 담당자가 회원님의 정보를 열람한 기록을 확인하고, 보관된 정보의 사본을 받으실 수 있습니다.",
     "Can I see who looked at my data?",
     "Your page shows who of the staff opened your data and why, and gives you a copy of what we"
     " hold.",
     {"topic": "account"}),
    (40, Board.PRESS, "hq", "hq",
     "광명시와 업무협약, 네 분야에서 협력",
     "교육, 정책연구, 여론수집, 문화조성에서 힘을 모읍니다."
     "\n협회는 정책을 자문하고 제안하며, 광명시가 수립하고 시행합니다.",
     "MOU with the City of Gwangmyeong in four fields",
     "Education, policy research, public opinion and culture.\nThe association advises and proposes,"
     " the city makes and carries out policy.",
     {"outlet_ko": "가상경제", "outlet_en": "Gasang Economy", "printed_on": date(2011, 11, 29),
      "url": "https://news.example.test/2011/gwangmyeong-mou"}),
    (39, Board.PRESS, "hq", "hq",
     "시민이 만드는 정책포털, 필진 115명",
     "시민 블로그 필진 115명이 참여하고 22,000여 명이 방문했습니다."
     "\n공무원이 관여하지 않고 시민끼리 정책을 이야기하는 곳으로 소개했습니다.",
     "A policy portal by citizens, with 115 writers",
     "115 citizens write, and some 22,000 people have visited.\nTold as a place where citizens talk"
     " about policy among themselves.",
     {"outlet_ko": "시연일보", "outlet_en": "Siyeon Daily", "printed_on": date(2011, 12, 5),
      "url": "https://press.example.test/policy-portal"}),
    (38, Board.PRESS, "hq", "hq",
     "소셜 빅데이터 컨퍼런스, 여론분석 전략을 다루다",
     "협회가 연 컨퍼런스에서 소셜 빅데이터와 여론분석의 쓰임을 소개했습니다."
     "\nSNS 기술과 시장동향 자료를 기업과 기관에 보급하겠다는 계획도 전했습니다.",
     "Conference on social big data and the analysis of opinion",
     "What social big data is good for, from the association's conference.\nIt also told of the plan"
     " to spread material on technology and markets.",
     {"outlet_ko": "가상경제", "outlet_en": "Gasang Economy", "printed_on": date(2011, 11, 16),
      "url": "https://news.example.test/2011/social-big-data"}),
)  # fmt: skip
DRAFT = (
    Board.NOTICES, "hq", "hq",
    "정기총회 준비 일정을 안내합니다",
    "의안과 위임 절차는 소집 통지에서 다시 알려 드립니다. (날짜 확인 중)",
    "Towards the General Meeting", "The agenda and proxies follow with the call.", {},
)  # fmt: skip
# key, days ago, hour, who, title, text
THREADS = (
    ("video", 20, 11, "regular", "짧은 영상 자막은 어떤 도구로 다시나요?",
     "가게 소식을 30초 영상으로 올리고 있습니다. 자막을 손으로 다니 시간이 오래 걸려서, 회원님들은 어떻게 하시는지 궁금합니다."
     "\n\n참고로 올린 영상은 세로 형식이고 한 주에 두 편입니다."),
    ("consent", 14, 15, "contact", "고객 후기 사진을 쓸 때 동의는 어떻게 받으시나요?",
     "행사 사진과 후기를 게시하려고 합니다. 동의서를 종이로 받는지, 설문으로 받는지 경험을 나누어 주십시오."),
    ("figures", 8, 10, "jeju", "제주 관광 업종의 검색 흐름을 정리했습니다",
     "통계 페이지의 월간 이용률과 저희 가게 유입을 견주어 보았습니다. 비 오는 주에 실내 체험 검색이 늘었습니다."
     "\n\n같은 업종에 계신 분들의 숫자도 궁금합니다."),
    ("solo", 3, 17, "solo", "1인 기업 채널 운영, 하루 한 시간이면 충분할까요?",
     "월·수·금에 한 편씩 올리는 계획을 세웠습니다. 혼자 운영하시는 분들의 시간표를 듣고 싶습니다."),
)  # fmt: skip
ADVERT = "저희 회사의 채널 분석 서비스를 이달에만 할인합니다."
# thread, days ago, hour, who, text
COMMENTS = (
    ("video", 19, 9, "maria", "I use the captions that the phone makes and correct them by hand. Ten minutes a video."),
    ("video", 19, 13, "solo", "말로 녹음한 대본을 먼저 글로 바꾸어 두면 훨씬 빠릅니다."),
    ("video", 18, 10, "regular", "대본부터 만들어 보겠습니다. 고맙습니다."),
    ("consent", 13, 11, "corp", "저희는 설문 마지막에 사진 사용 동의를 따로 묻고, 철회 방법도 함께 적습니다."),
    ("consent", 12, 9, "regular", "행사장 입구에 촬영 안내를 붙이고, 얼굴이 크게 나온 사진은 다시 여쭤봅니다."),
    ("consent", 11, 16, "lifetime", "지난 글은 지웠습니다."),
    ("solo", 2, 9, "regular", "저는 하루에 몰아서 세 편을 준비합니다. 예약 게시를 쓰면 한 시간이면 됩니다."),
    ("solo", 2, 14, "corp", f"{ADVERT} 관심 있으시면 연락 주십시오."),
)  # fmt: skip
INTROS = (
    ("regular", "부산에서 디자인 가게를 운영하며 짧은 영상 이야기를 씁니다."),
    ("jeju", "제주 관광 업종의 데이터를 살펴봅니다."),
)


def tell(story: Story) -> None:
    for ago, board, branch, writer, *words, facts in POSTS:
        story.at(story.ago(ago, 9), _announced(story, board, branch, writer, words, facts))
    board, branch, writer, *words, facts = DRAFT
    story.at(story.ago(1, 10), _drafted(story, board, branch, writer, words, facts))
    for _key, ago, hour, who, title, text in THREADS:
        story.at(story.ago(ago, hour), _asked(who, title, text))
    for key, ago, hour, who, text in COMMENTS:
        story.at(story.ago(ago, hour), _answered(key, who, text))
    story.at(story.ago(10, 9), _removed)
    for who, intro in INTROS:
        story.at(story.ago(5, 18), _named(who, intro))
    for who in ("regular", "maria"):
        story.at(story.ago(16, 12), _mailed(who))
    story.at(story.ago(4, 11), lambda: actions.name_contributor(account("maria"), by=account("hq")))
    story.at(story.ago(1, 19), _reported)


def _drafted(
    story: Story, board: Board, branch: str, writer: str, words: list[str], facts: dict[str, Any]
) -> Callable[[], Post]:
    def write() -> Post:
        branches = Branch.objects.filter(code=branch)
        names = ("title_ko", "body_ko", "title_en", "body_en")
        data = dict(zip(names, words, strict=True)) | facts
        data["branch"] = branches.get().pk
        if "deadline" in facts:
            data["deadline_on"] = story.today + timedelta(days=facts["deadline"])
        form = PostForm(data, board=board, branches=branches)
        if not form.is_valid():
            raise ValueError(form.errors)
        fields = form.changed_data
        return actions.write_post(form.save(commit=False), fields=fields, by=account(writer))

    return write


def _announced(
    story: Story, board: Board, branch: str, writer: str, words: list[str], facts: dict[str, Any]
) -> Callable[[], None]:
    draft = _drafted(story, board, branch, writer, words, facts)

    def announce() -> None:
        post = draft()
        if "file" in facts:
            upload = _handout(facts["file"], *words[:2])
            actions.attach_file(post, upload=upload, by=account(writer))
        actions.publish_post(post, on=None, by=account(writer))

    return announce


def _asked(who: str, title: str, text: str) -> Callable[[], Post]:
    return lambda: actions.post_in_exchange(title=title, body=text, by=account(who))


def _thread(key: str) -> Post:
    title = next(title for thread, *_when, title, _text in THREADS if thread == key)
    return Post.objects.get(board=Board.EXCHANGE, title_ko=title)


def _answered(key: str, who: str, text: str) -> Callable[[], Comment]:
    return lambda: actions.write_comment(_thread(key), body=text, by=account(who))


def _removed() -> None:
    comment = Comment.objects.get(author=account("lifetime"))
    actions.remove_comment(comment, by=account("lifetime"))


def _named(who: str, intro: str) -> Callable[[], object]:
    return lambda: actions.join_contributors(intro=intro, by=account(who))


def _mailed(who: str) -> Callable[[], None]:
    return lambda: actions.ask_weekly(by=account(who))


def _reported() -> None:
    advert = Comment.objects.get(body__startswith=ADVERT)
    actions.report_abuse(
        advert.post,
        advert,
        kind="advert",
        words="회원과 관계없는 광고입니다.",
        by=account("regular"),
    )


def _handout(name: str, title: str, text: str) -> Checked:
    content = demo_pdf(len(title), title, "사무국", text, ["안내"], pages=2)
    return check_document(
        SimpleUploadedFile(f"{name}.pdf", content), kinds=("pdf",), max_bytes=len(content)
    )
