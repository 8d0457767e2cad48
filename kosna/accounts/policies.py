"""The first versions of the texts that people agree to or are told of. The secretariat adds later
versions as ``Policy`` rows; these serve until the first row of a kind takes effect."""

from datetime import date

from django.conf import settings

from kosna.accounts.models import Policy

FIRST_VERSION = "2026-11"
FIRST_DAY = date(2026, 11, 1)
# Texts that have changed since, so that one version names one text. Portals that stand on an earlier
# one are brought the new one by a migration, announced before it holds.
CHANGED = {Policy.Kind.PRIVACY: "2026-11-2"}

# Whom payments are entrusted to, by PAYMENT_GATEWAY; whoever changes it adds a version of the policy.
PAYMENTS = {
    "stripe": (
        "카드와 간편결제를 고르면 결제에 필요한 정보(주문번호, 금액, 이메일)가 결제대행사 Stripe(미국 등 국외)로 이전됩니다. 무통장입금은 국외 이전이 없습니다.",
        "If you pay by card or easy pay, the order number, amount and e-mail are transferred to the payment provider Stripe (abroad, e.g. the USA). A bank transfer involves no transfer abroad.",
    ),
    "toss": (
        "카드, 간편결제, 가상계좌를 고르면 결제에 필요한 정보(주문번호, 금액, 이름, 이메일)의 처리를 결제대행사 토스페이먼츠㈜(국내)에 맡깁니다. 환불받을 계좌를 적으면 그 계좌도 전달됩니다. 국외 이전은 없습니다.",
        "If you pay by card, easy pay or virtual account, the order number, amount, name and e-mail are processed by the payment provider Toss Payments (in Korea), and so is the account that you name for a refund. Nothing is transferred abroad.",
    ),
}[settings.PAYMENT_GATEWAY]


def _marketing(korean: tuple[str, str], english: tuple[str, str]) -> tuple[str, str]:
    """What a consent has to tell (개인정보 보호법 §15②): purpose, items, how long, the right to refuse."""
    return (
        f"""목적: {korean[0]}.

항목: {korean[1]}.

보유 기간: 동의를 철회하거나 계정을 닫을 때까지. 언제 동의하고 철회했는지의 기록은 남습니다.

동의하지 않을 권리: 동의하지 않아도 되며, 동의하지 않아도 서비스 이용과 회원의 권리에 아무 제한이 없습니다. 동의한 뒤에도 마이페이지에서 언제든 철회할 수 있습니다.""",
        f"""Purpose: {english[0]}.

Items: {english[1]}.

Kept: until you withdraw your consent or close your account. When you gave and withdrew it stays on record.

Your right to refuse: you need not agree, and refusing limits neither the portal nor your membership. You can withdraw at any time on my page.""",
    )


TEXTS: dict[str, tuple[str, str]] = {
    Policy.Kind.TERMS: (
        """제1조 (목적) 이 약관은 사단법인 한국소셜네트워크협회(이하 “협회”)가 운영하는 포털의 이용 조건과 절차, 협회와 이용자의 권리와 의무를 정합니다.

제2조 (계정과 입회) 포털의 계정을 만드는 것과 협회에 입회하는 것은 다릅니다. 회원의 권리는 입회 승인과 회비 납부에 따라 생깁니다.

제3조 (이용 자격) 만 14세 미만은 가입할 수 없습니다. 이용자는 자신의 정보로 가입하고 비밀번호를 스스로 관리합니다.

제4조 (유료 서비스와 환불) 행사 참가비와 회비의 금액, 납부 기한, 환불 기준은 주문 전에 화면에 표시합니다. 회비는 입회가 반려되었거나 잘못 납부된 경우 외에는 환불하지 않습니다.

제5조 (자료의 이용) 연구자료는 내려받은 사람의 이름과 일련번호가 찍혀 제공되며, 협회의 허락 없이 다시 배포할 수 없습니다.

제6조 (약관의 변경) 약관을 바꿀 때에는 시행 7일 전에, 이용자에게 불리한 변경은 30일 전에 알립니다.""",
        """Article 1 (Purpose) These terms govern the use of the portal run by the Korea Social Network Association (“the association”) and the rights and duties of the association and its users.

Article 2 (Account and membership) Opening an account is not joining the association. A member's rights arise from admission and from the payment of dues.

Article 3 (Who may sign up) People under 14 cannot sign up. Users sign up with their own details and look after their password.

Article 4 (Paid services and refunds) Prices, deadlines and refund rules are shown before an order is placed. Dues are refunded only when an application is rejected or a payment was made in error.

Article 5 (Use of material) Research reports carry the name of the person who downloaded them and a serial number, and may not be passed on without permission.

Article 6 (Changes) Changes are announced 7 days before they take effect, 30 days if they are to the users' disadvantage.""",
    ),
    Policy.Kind.PRIVACY: (
        f"""1. 처리 목적과 항목
계약 이행에 필요한 정보(동의 없이 처리): 이름, 이메일, 비밀번호, 휴대전화(입회 시), 주소(입회 시), 소속. 로그인, 입회 심사, 회비와 참가비 결제, 행사 참가 확인, 연구자료 제공에 씁니다.
생년월일은 만 14세 이상인지 확인하는 데에만 쓰고 저장하지 않습니다.
계정 없이 행사에 등록하면 이름, 이메일, 휴대전화만 받아 주문, 참가권, 환불에 씁니다. 행사의 등록 양식에서 따로 묻는 내용은 그 행사에만 씁니다.
계좌로 환불받을 때에만 받는 은행, 계좌번호, 예금주는 암호화하여 보관하고 환불이 끝나는 즉시 지웁니다(은행과 끝 네 자리만 남습니다).

2. 회원끼리 쓰는 공간과 상담
회원 디렉터리(본인이 동의한 때에만): 회원 사이의 교류를 위하여 회원 이름(단체는 단체명), 소속 지부, 회원 구분과 본인이 적은 한 줄 소개, 소개, 소속과 직위, 관심 분야, 웹사이트, SNS 주소, 이메일, 전화번호를 처리합니다. 항목마다 본인이 정한 범위(아무에게도, 연결된 회원에게, 디렉터리를 읽을 수 있는 회원에게)에만 보이며, 소속 지부와 본부의 담당자는 아무에게도 보이지 않게 한 항목을 뺀 내용을 봅니다. 동의한 일시와 접속 IP 주소를 함께 남깁니다. 동의를 철회하거나 회원 자격이 끝나면 바로 보이지 않습니다. 적은 내용은 본인이 지우거나 계정을 닫을 때까지 두고, 계정을 닫으면 바로 비웁니다.

연락 요청: 요청한 글과 두 회원의 이름은 서로에게만 보이고, 수락하면 두 회원의 이메일이 서로에게 공개됩니다. 계정을 닫으면 보낸 글과 이메일을 바로 지우고, 누가 누구와 언제 연결되었는지만 남습니다. 요청을 받지 않기로 한 상대의 목록도 바로 지웁니다.

정보교류 게시판: 글, 댓글, 첨부 파일은 쓴 사람의 이름, 지부와 함께 게시판을 읽을 수 있는 회원과 담당자에게 보입니다. 탈퇴한 날부터 이름을 보이지 않습니다. 본인이 언제든지 내릴 수 있고, 내린 글의 첨부 파일은 바로 지웁니다. 내린 글과 댓글은 분쟁에 대비하여 보이지 않게 보관하며, 남겨 둔 글은 계정을 닫은 뒤 이름 없이 남습니다. 필진 소개(이름, 소개 글)는 본인이 동의한 때에만 누구에게나 공개하고, 동의를 철회하면 바로 내리며 계정을 닫으면 지웁니다.

주간 소식 메일: 신청한 회원의 이름과 이메일로 보냅니다. 메일의 링크로 로그인하지 않고도 그만 받을 수 있으며, 그만두면 신청한 기록을 바로 지웁니다.

신고: 신고한 사람, 신고한 내용, 처리 결과를 그 회원이나 글이 속한 지부와 본부의 담당자만 봅니다. 누가 신고했는지는 상대에게 알리지 않습니다. 법이 정한 기간이 없어, 그에 관한 다툼이 있을 수 있는 동안 보관합니다.

컨설팅: 신청한 계약의 이행을 위하여 이름, 이메일, 휴대전화, 소속 회사, 분야, 질문, 희망 날짜, G밸리 입주 여부, 만난 일시와 장소, 보고서를 처리합니다. 지부와 본부의 담당자, 배정된 컨설턴트가 보며, 회사의 신청은 그 회사의 대표자와 담당자도 봅니다. 연락처는 컨설턴트가 맡고 있는 동안에만 컨설턴트에게 보입니다. 만족도 점수는 다섯 건 이상의 평균으로만, 덧붙인 글은 담당자만 봅니다. 컨설턴트에게서는 소속과 경력을 받아 배정에 쓰고, 계정을 닫으면 바로 지웁니다.

추진사업 참여 신청: 이름, 소속 회사, 참여 계획을 그 사업을 맡은 지부와 본부의 담당자가 선정을 위하여 봅니다. 선정된 회원의 이름은 그 사업의 페이지에 공개합니다.

컨설팅과 참여 신청의 기록은 계약 기록으로 계정을 닫은 뒤에도 끝난 날(참여 신청은 신청한 날)부터 5년 동안 보관하고, 그 뒤 글을 모두 지웁니다. 회사의 신청은 그 회사가 회원인 동안 보관합니다.

3. 보유 기간
계약과 청약철회 기록 5년, 대금결제와 공급 기록 5년, 불만과 분쟁 처리 기록 3년(전자상거래법 시행령 제6조), 접속 기록 2년 이상(이어서 봉인한 기록이므로 일부만 지우지 않습니다). 사원명부와 총회 기록은 협회가 있는 동안(민법 제55조, 제76조). 법이 기간을 정하지 않은 것은 협회가 정합니다: 반려되거나 취하된 입회신청 {settings.KEEP_APPLICATIONS_YEARS}년, 보낸 메일 {settings.KEEP_MAIL_YEARS}년. 계정 없이 한 주문이 성사되지 않으면 한 달.
계정은 마이페이지에서 직접 닫습니다. 닫으면 법이 보관하라고 하지 않는 정보는 바로 지우고, 나머지는 따로 봉인하여 위 기간 동안만 보관합니다. 기간이 지난 것은 한 사람이 제안하고 개인정보 보호책임자가 승인하여 파기하며, 파기 기록을 남깁니다. 오래 쓰지 않았다는 까닭으로 계정을 닫지 않습니다.

4. 제3자 제공과 위탁
{PAYMENTS[0]}

5. 이용자의 권리
열람, 정정, 삭제, 처리정지, 동의 철회를 요청할 수 있으며 10일 안에 답합니다. 누가 내 정보를 보았는지 마이페이지에서 볼 수 있습니다.

6. 안전조치
비밀번호는 일방향으로 암호화하고, 직원은 2단계 인증으로만 로그인하며, 개인정보를 본 기록을 바꿀 수 없게 남깁니다.

7. 유출 통지
개인정보가 유출·위조·변조·훼손되었거나 그럴 가능성이 있으면 지체 없이 알리고 구제 방법을 안내합니다.""",
        f"""1. Purposes and items
Needed for the contract (processed without consent): name, e-mail, password, mobile phone and address (on joining), affiliation. Used for login, admission, dues and fees, attendance and research reports.
The date of birth only serves to check the age of 14 and is not stored.
Who registers for an event without an account gives name, e-mail and mobile phone, for the order, its tickets and refunds. What the registration form of an event asks besides serves that event alone.
Only for a refund to an account: its bank, number and holder, kept encrypted and erased as soon as the refund is done (the bank and the last four digits stay).

2. Rooms that members share, and consulting
Member directory (only with your consent): for exchange between members we process your name as a member (of an organisation its name), branch and kind of membership, and what you enter: headline, introduction, organisation and position, fields of interest, website, SNS addresses, e-mail and phone. Each field is seen by those whom you choose (nobody, members introduced to you, members who may read the directory); staff of your branch and of the head office see it as well, but for fields that are for nobody. When you consented and the IP address that it came from are kept with it. Once you take the consent back, or the membership ends, nobody sees the entry any more. What you entered stays until you delete it or close your account, and is then emptied at once.

Introductions: the message and the two names are seen by the two members alone; when a request is accepted, each of the two sees the other's e-mail. When you close your account your messages and e-mail are erased at once, and only who was introduced to whom and when is left. The list of members whose requests you do not take is erased at once, too.

Exchange of information: posts, comments and files are seen, with the name and branch of whoever wrote them, by members who may read the board and by staff. From the day on which you leave your name is not shown. You can remove what you wrote at any time; the files of a post that is removed are erased at once. Words that were removed are kept unseen in case of a dispute, and what you leave standing stays without a name after your account is closed. Contributors (name, introduction) are shown to everybody with their consent only; taken back, it is gone at once, and it is erased when the account is closed.

Weekly mail: sent to the name and e-mail of members who have asked for it. A link in it stops it without signing in, and that it was asked for is then erased at once.

Reports of abuse: who reported, what, and what came of it are seen by staff of the branch that the member or the post belongs to and of the head office alone. Nobody is told who reported them. No law names a period: they are kept as long as a question about them may come up.

Consulting: for the service that you ask for we process your name, e-mail, mobile phone, company, the field, your question, preferred days, whether you are a tenant of G-Valley, when and where you met, and the report. Staff of the branches and the head office and the consultant to whom it is assigned see it, and of a company's request its representative and contact person. The consultant sees how to reach you only while it is theirs to do. Your rating is seen in means of five answers and more only, what you add in words by staff alone. Of consultants we process affiliation and experience to assign them; both are erased at once when their account is closed.

Applications to projects: your name, company and plan are seen by staff of the branch that carries the project and of the head office, to choose who takes part. Members who are taken on are named on the project's page.

Consulting and applications are records of contracts: after your account is closed they are kept for 5 years from their end (applications: from the day of applying), and then all words in them are erased. What a company asked for is kept while the company is a member.

3. Retention
Contracts and withdrawals 5 years, payments and deliveries 5 years, complaints and disputes 3 years (E-Commerce Act, Enforcement Decree Article 6), access records 2 years at least (they are sealed as one chain, of which no part is erased). The register of members and the records of general meetings for as long as the association stands (Civil Act, Articles 55 and 76). Where no law names a period the association decides: applications that were declined or withdrawn {settings.KEEP_APPLICATIONS_YEARS} year(s), mails that were sent {settings.KEEP_MAIL_YEARS} years. Orders without an account that came to nothing: one month.
You close your account yourself on my page. What no law keeps is erased at once; the rest is sealed, kept apart and for these periods only. What has been kept long enough is destroyed when one person has proposed it and the privacy officer has approved it, and the destruction stays on record. We close no account because it was not used for long.

4. Third parties and processors
{PAYMENTS[1]}

5. Your rights
You may ask for access, correction, erasure, restriction and withdrawal of consent; we answer within 10 days. My page shows who looked at your data.

6. Safety
Passwords are hashed, staff sign in with two factors only, and every look at personal data leaves an unchangeable record.

7. Breach notice
If personal data is or may have been leaked, forged, altered or damaged, we tell you without delay and explain the remedies.""",
    ),
    Policy.Kind.MARKETING_EMAIL: _marketing(
        ("행사와 새 자료 등 협회 소식과 광고를 이메일로 보내기", "이름, 이메일"),
        ("to send news and offers of events and reports by e-mail", "name, e-mail address"),
    ),
    Policy.Kind.MARKETING_SMS: _marketing(
        ("행사와 새 자료 등 협회 소식과 광고를 문자로 보내기", "이름, 휴대전화번호"),
        ("to send news and offers of events and reports by text message", "name, mobile number"),
    ),
    Policy.Kind.MARKETING_NIGHT: _marketing(
        (
            "문자 소식과 광고를 밤 9시부터 다음 날 아침 8시 사이에도 보내기(정보통신망법 제50조 제3항)",
            "이름, 휴대전화번호",
        ),
        (
            "to send such text messages between 21:00 and 08:00 as well (Network Act, Article 50 (3))",
            "name, mobile number",
        ),
    ),
}


def own_version(kind: str) -> str:
    """Of the text that the portal itself brings."""
    return CHANGED.get(Policy.Kind(kind), FIRST_VERSION)


def first_policy(kind: str) -> Policy:
    text_ko, text_en = TEXTS[kind]
    policy, _created = Policy.objects.get_or_create(
        kind=kind,
        version=own_version(kind),
        defaults={"effective_on": FIRST_DAY, "text_ko": text_ko, "text_en": text_en},
    )
    return policy
