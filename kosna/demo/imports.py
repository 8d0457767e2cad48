"""Members who were there before the portal: a list that was brought along and invited, and one that
Busan has had checked and not yet written."""

from django.core.files.uploadedfile import SimpleUploadedFile

from kosna.accounts.actions import current_policy
from kosna.accounts.models import Policy
from kosna.branches.models import Branch
from kosna.core import batches, sheets
from kosna.demo.people import account
from kosna.demo.story import Story
from members import actions
from members.models import Import, Tier

FOUNDERS = """성명,휴대폰,E-mail,회원구분,소속지부,입회일,2024년,2025년,2026년,우편번호,주소
고은비,010-0000-9001,founder1@example.test,정회원,본부,2019-04-12,O,O,O,08592,서울특별시 금천구 가산디지털1로 1
남도현,010-0000-9002,founder2@example.test,정회원,대전지부,2020. 3. 2.,완납,완납,완납,35229,대전광역시 서구 둔산로 2
류세아,010-0000-9003,founder3@example.test,준회원,부산지부,2021-09-01,O,O,미납,48058,부산광역시 해운대구 센텀중앙로 3
마지안,010-0000-9004,,정회원,대구지부,2018년 5월 20일,O,O,O,41911,대구광역시 중구 국채보상로 4
"""
BUSAN = """이름,핸드폰,이메일,회원종류,가입일,납부연도,비고
봉하윤,010-0000-9011,busan1@example.test,정회원,2022-03-01,"2024,2025,2026",
설이든,010-0000-9012,busan2@example.test,준회원,2023-06-15,2026,
설이든,010-0000-9012,busan3@example.test,준회원,2023-06-15,2025,주소 확인 필요
어진우,010-00-1,busan4@example.test,정회원,2021-01-10,"2025,2026",
김하늘,,regular@example.test,정회원,2020-03-04,2020,
"""


def tell(story: Story) -> None:
    story.at(story.ago(12, 9), _founders)
    story.at(story.ago(11, 9), _invite)
    story.at(story.ago(1, 16), _busan)


def _bring(content: str, name: str, *, branch: str, by: str) -> Import:
    upload = SimpleUploadedFile(name, content.encode("cp949"))
    imported = actions.start_import(
        upload,
        sheets.recognise(upload.file, upload.size),
        branch=Branch.objects.get(code=branch),
        by=account(by),
    )
    batches.run_all()
    imported.refresh_from_db()
    tiers = {"정회원": "regular", "준회원": "associate"}
    branches = {"본부": "hq", "대전지부": "daejeon", "부산지부": "busan", "대구지부": "daegu"}
    actions.check_import(
        imported,
        mapping=imported.mapping,
        values={
            "tier": {text: Tier.objects.get(code=code).pk for text, code in tiers.items()},
            "branch": {text: Branch.objects.get(code=code).pk for text, code in branches.items()},
        },
        defaults={} if branch == "hq" else {"branch": Branch.objects.get(code=branch).pk},
        by=account(by),
    )
    batches.run_all()
    imported.refresh_from_db()
    return imported


def _founders() -> None:
    imported = _bring(FOUNDERS, "창립회원 명부.csv", branch="hq", by="hq")
    actions.apply_import(imported, leaves_out=False, by=account("hq"))
    batches.run_all()


def _invite() -> None:
    imported = Import.objects.get(file_name="창립회원 명부.csv")
    actions.send_invitations(imported, by=account("hq"))
    batches.run_all()
    claim = imported.claims.get(email="founder1@example.test")
    actions.claim_account(claim, password="", terms=current_policy(Policy.Kind.TERMS))


def _busan() -> None:
    _bring(BUSAN, "부산지부 회원 2026.csv", branch="busan", by="busan")
