"""The demonstration's reports as real PDFs of a dozen pages: cover, contents, chapters, charts.

Texts are put together from a bank of sentences and figures are drawn at random, always the same for
the same report. Every page and every chart says that it is sample material (시연용 생성자료).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from random import Random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.safestring import SafeString, mark_safe

from kosna.accounts.models import User
from kosna.core.clock import KST
from kosna.core.uploads import check_document
from kosna.documents.rendering import render_pdf
from members.models import Tier
from research.actions import approve_report, save_report, submit_report
from research.models import Report

# Titles, authors and findings are invented. ``access`` is public, associate (associates and all
# above), regular or corporate; ``load_reports`` is told which tiers that means.
REPORTS: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("demo_reports.json").read_text("utf-8")
)

# {k} and {m} are two keywords, {c} the chapter, {n} and {p} a count and a percentage. Every slot is
# followed by a word that fits after vowels and consonants alike.
SENTENCES = (
    "이 장에서는 “{c}”에 관하여 현장에서 자주 묻는 질문을 중심으로 살펴본다.",
    "{k}에 대한 논의는 많지만, 같은 말을 서로 다른 뜻으로 쓰는 경우가 적지 않다.",
    "따라서 먼저 용어를 정하고, 그 다음에 측정의 단위를 정하는 순서를 따랐다.",
    "표본 {n}건을 두 사람이 따로 분류하였을 때 일치한 비율은 {p}%였다.",
    "일치하지 않은 사례는 대부분 {m}에 관한 표현이 짧아 앞뒤 맥락을 알 수 없는 경우였다.",
    "이러한 사례는 억지로 한쪽에 넣지 않고 ‘판단 보류’로 남겨 따로 세었다.",
    "{k}의 변화는 한 번의 조사로 알기 어려우므로, 같은 질문을 간격을 두고 되풀이하였다.",
    "응답자의 {p}%는 {m}에 관한 정보를 주로 휴대전화로 접한다고 답하였다.",
    "다만 이 비율은 질문의 순서에 따라 달라질 수 있어, 순서를 바꾼 설문을 함께 시행하였다.",
    "운영 담당자와의 면담에서는 인력보다 시간의 부족이 더 큰 어려움으로 꼽혔다.",
    "면담에 응한 {n}명의 담당자 가운데 다수가 주간 계획을 문서로 남기지 않고 있었다.",
    "계획을 한 장으로 적어 둔 곳에서는 담당자가 바뀌어도 {k}에 관한 업무가 끊기지 않았다.",
    "비용을 묻는 질문에는 금액보다 항목이 먼저 정리되어야 비교가 가능하다.",
    "그래서 본 연구는 비용을 제작, 운영, 응대의 세 항목으로 나누어 기록하였다.",
    "세 항목 가운데 응대의 비중은 규모가 작을수록 높게 나타났다.",
    "{m}의 효과를 말할 때에는 기간과 비교 대상을 함께 밝혀야 한다.",
    "비교 대상이 없는 증가율은 계절의 변화와 구별되지 않기 때문이다.",
    "같은 기간의 전년 자료와 견주었을 때 차이는 {p}%포인트로 줄어들었다.",
    "이 차이가 우연일 가능성을 살피기 위하여 표본을 나누어 다시 계산하였다.",
    "다시 계산한 결과는 방향은 같았으나 크기는 항목마다 달랐다.",
    "{k}에서 중요한 것은 도구의 종류보다 답하는 사람과 답하는 기준이다.",
    "기준을 공개한 곳에서는 같은 문의가 되풀이되는 비율이 {p}%로 낮았다.",
    "기준은 길 필요가 없으며, 누가 언제까지 답하는지를 적는 것으로 충분하다.",
    "자료를 모을 때에는 필요한 것만 모으고, 쓰임이 끝나면 지우는 시점을 미리 정한다.",
    "이름과 연락처는 분석에 쓰지 않으며, 수집 단계에서 가명으로 바꾸어 보관한다.",
    "{m}에 관한 공개 자료라도 여러 자료를 합치면 개인을 알아볼 수 있음에 유의하여야 한다.",
    "지역별로 보면 수도권과 그 밖의 지역 사이의 차이는 해마다 조금씩 줄고 있다.",
    "그러나 교육 기회의 차이는 여전히 남아 있어 지부 단위의 과정이 필요하다.",
    "{k}에 처음 참여하는 사람에게는 작은 성공을 빨리 경험하게 하는 순서가 도움이 된다.",
    "첫 달에는 한 가지 채널만 열고, 둘째 달에 넓힐지를 정하는 방법을 권한다.",
    "중단의 기준도 시작할 때 함께 정해 두어야 무리한 운영을 피할 수 있다.",
    "본 연구에서 살펴본 {n}개 사례 가운데 중단 기준을 둔 곳은 많지 않았다.",
    "사례마다 조건이 다르므로 숫자를 그대로 옮기기보다 순서를 참고하기를 권한다.",
    "{m}의 성과는 조회보다 문의, 문의보다 재방문에서 더 분명하게 드러났다.",
    "재방문은 늦게 나타나므로 적어도 한 분기는 같은 방법을 유지하며 살펴야 한다.",
    "한 분기가 지난 뒤에도 변화가 없으면 대상과 시간대를 먼저 바꾸어 본다.",
    "내용을 바꾸는 일은 비용이 크므로 가장 나중에 검토하는 것이 좋다.",
    "이 절의 표와 그림은 설명을 위하여 만든 표본자료이며 실제 통계가 아니다.",
    "협력 기관과는 역할, 기간, 자료의 소유를 문서로 정하고 시작하여야 한다.",
    "{k}에 관한 책임이 나뉘어 있을수록 마지막에 확인하는 사람을 분명히 정한다.",
    "정책 담당자에게는 결과보다 과정의 기록이 더 오래 쓰이는 자료가 된다.",
    "기록은 같은 양식으로 남겨야 해가 바뀌어도 이어서 비교할 수 있다.",
    "요컨대 “{c}”에서 확인한 것은 방법의 차이가 결과의 차이로 이어진다는 점이다.",
    "남은 과제는 더 긴 기간의 자료로 같은 절차를 되풀이하여 확인하는 일이다.",
)
SECTIONS = ("배경과 질문", "자료와 방법", "결과", "현장에 주는 의미")
YEARS = range(5)
GROUPS = ("20대 이하", "30대", "40대", "50대", "60대 이상")
SIZES = ("1인 기업", "소상공인", "중소기업", "중견기업", "공공기관")
HUES = ("#2153d6", "#56617a", "#b4540a", "#0b7a5f", "#8a97b1")


def demo_pdf(
    number: int,
    title: str,
    authors: str,
    abstract: str,
    contents: Sequence[str],
    pages: int = 14,
    *,
    title_en: str = "",
    keywords: Sequence[str] = ("소셜 데이터", "이용행태"),
    year: int = 2026,
) -> bytes:
    """A report of about ``pages`` pages, drawn in one pass. The same words give the same bytes."""
    rng = Random(number)
    sentences = max(4, round((pages - 2) / len(contents) * 12))
    facts = {
        "number": f"KOSNA-{year}-{number:02d}",
        "title": title,
        "title_en": title_en,
        "authors": authors,
        "abstract": abstract,
        "keywords": list(keywords),
        "year": year,
    }
    chapters = [_chapter(rng, heading, list(keywords), sentences, year) for heading in contents]
    return render_pdf(
        "research/demo_report.html",
        {"facts": facts, "chapters": chapters, "cover": _network(rng)},
        language="ko",
    )


def _chapter(
    rng: Random, heading: str, keywords: list[str], sentences: int, year: int
) -> dict[str, Any]:
    """Four sections of generated prose, a chart and a table of invented figures."""
    prose = _prose(rng, heading, keywords, sentences)
    share = -(-len(prose) // len(SECTIONS))
    sections = []
    for index, name in enumerate(SECTIONS):
        lines = prose[index * share : (index + 1) * share]
        half = -(-len(lines) // 2)
        paragraphs = [" ".join(part) for part in (lines[:half], lines[half:]) if part]
        sections.append({"title": name, "paragraphs": paragraphs})
    years = [str(year - 4 + offset) for offset in YEARS]
    labels, columns = rng.choice(((GROUPS, years), (SIZES, years)))
    rows = [(label, _drift(rng, len(columns))) for label in labels]
    draw = rng.choice((_bars, _lines))
    return {
        "title": heading,
        "sections": sections,
        "chart": draw(rows, columns),
        "caption": f"{keywords[rng.randrange(len(keywords))]} 관련 지표의 변화 (%)",
        "columns": columns,
        "rows": rows,
    }


def _prose(rng: Random, chapter: str, keywords: list[str], wanted: int) -> list[str]:
    """Sentences in the bank's own order, so that one leads to the next; enough of them."""
    chosen: list[int] = []
    while len(chosen) < wanted:
        some = min(wanted - len(chosen), len(SENTENCES))
        chosen += sorted(rng.sample(range(len(SENTENCES)), some))
    return [
        SENTENCES[index].format(
            c=chapter,
            k=rng.choice(keywords),
            m=rng.choice(keywords),
            n=rng.randrange(12, 980),
            p=rng.randrange(110, 890) / 10,
        )
        for index in chosen
    ]


def _drift(rng: Random, count: int) -> list[int]:
    """Percentages that wander from year to year."""
    value, values = rng.randrange(20, 60), []
    for _step in range(count):
        value = min(95, max(5, value + rng.randrange(-6, 11)))
        values.append(value)
    return values


def _frame(columns: Sequence[str], centre: Any) -> Iterator[str]:
    for level in range(0, 101, 25):
        y = 150 - level * 1.3
        yield f'<path d="M30 {y}H470" stroke="#d5dbe7" stroke-width=".6"/>'
        yield f'<text x="24" y="{y + 3}" text-anchor="end" font-size="8">{level}</text>'
    for index, column in enumerate(columns):
        yield f'<text x="{centre(index)}" y="165" text-anchor="middle" font-size="9">{column}</text>'


def _legend(labels: Sequence[str]) -> Iterator[str]:
    for index, label in enumerate(labels):
        x = 40 + index * 88
        yield f'<rect x="{x}" y="178" width="8" height="8" fill="{HUES[index]}"/>'
        yield f'<text x="{x + 12}" y="185.5" font-size="9">{label}</text>'


def _svg(parts: Iterator[str]) -> SafeString:
    return mark_safe('<svg viewBox="0 0 480 195" class="chart">' + "".join(parts) + "</svg>")


def _bars(rows: Sequence[tuple[str, list[int]]], columns: Sequence[str]) -> SafeString:
    def parts() -> Iterator[str]:
        yield from _frame(columns, lambda index: 74 + index * 88)
        for group, (_label, values) in enumerate(rows):
            for index, value in enumerate(values):
                x = 41 + index * 88 + group * 13
                yield (
                    f'<rect x="{x}" y="{150 - value * 1.3}" width="11" height="{value * 1.3}" '
                    f'fill="{HUES[group]}"/>'
                )
        yield from _legend([label for label, _values in rows])

    return _svg(parts())


def _lines(rows: Sequence[tuple[str, list[int]]], columns: Sequence[str]) -> SafeString:
    def parts() -> Iterator[str]:
        yield from _frame(columns, lambda index: 50 + index * 100)
        for group, (_label, values) in enumerate(rows):
            points = [(50 + index * 100, 150 - value * 1.3) for index, value in enumerate(values)]
            way = " ".join(f"{x},{y}" for x, y in points)
            yield f'<polyline points="{way}" fill="none" stroke="{HUES[group]}" stroke-width="2"/>'
            for x, y in points:
                yield f'<circle cx="{x}" cy="{y}" r="3" fill="{HUES[group]}"/>'
        yield from _legend([label for label, _values in rows])

    return _svg(parts())


def _network(rng: Random) -> SafeString:
    """Nodes and links over the cover, as on the website."""
    nodes = [(rng.randrange(20, 580), rng.randrange(20, 380)) for _node in range(26)]
    parts = ['<svg viewBox="0 0 600 400" class="network">']
    for x, y in nodes:
        near = sorted(nodes, key=lambda other: (other[0] - x) ** 2 + (other[1] - y) ** 2)[1:3]
        parts += [
            f'<path d="M{x} {y}L{a} {b}" stroke="#6f8fe8" stroke-width="1.6" opacity=".6"/>'
            for a, b in near
        ]
    parts += [
        f'<circle cx="{x}" cy="{y}" r="{rng.choice((4, 6, 9))}" fill="#a9c0ff"/>' for x, y in nodes
    ]
    return mark_safe("".join([*parts, "</svg>"]))


def load_reports(*, by: User, approver: User, tiers: Mapping[str, Sequence[Tier]]) -> list[Report]:
    """The twelve reports, published on their days. ``tiers`` says who associate, regular and
    corporate are. Reports that exist already (by address) are left as they are."""
    existing = set(Report.objects.values_list("slug", flat=True))
    return [
        _load(number, facts, by, approver, tiers)
        for number, facts in enumerate(REPORTS, 1)
        if facts["slug"] not in existing
    ]


def _load(
    number: int,
    facts: Mapping[str, Any],
    by: User,
    approver: User,
    tiers: Mapping[str, Sequence[Tier]],
) -> Report:
    published_on = date.fromisoformat(facts["published_on"])
    content = demo_pdf(
        number,
        facts["title_ko"],
        facts["authors_ko"],
        facts["abstract_ko"],
        facts["contents_ko"],
        pages=11 + number % 4,
        title_en=facts["title_en"],
        keywords=facts["keywords_ko"].split(", "),
        year=published_on.year,
    )
    upload = check_document(
        SimpleUploadedFile(f"{facts['slug']}.pdf", content), kinds=("pdf",), max_bytes=len(content)
    )
    texts = (
        "title_ko",
        "title_en",
        "authors_ko",
        "authors_en",
        "keywords_ko",
        "keywords_en",
        "abstract_ko",
        "abstract_en",
    )
    report = Report(
        slug=facts["slug"],
        topic=facts["topic"],
        is_public=facts["access"] == "public",
        contents_ko="\n".join(facts["contents_ko"]),
        contents_en="\n".join(facts["contents_en"]),
        **{name: facts[name] for name in texts},
    )
    save_report(report, tiers=tiers.get(facts["access"], ()), upload=upload, by=by)
    at = datetime.combine(published_on, time(10), tzinfo=KST).astimezone(UTC)
    submit_report(report, by=by)
    approve_report(report, at=at, by=approver)
    return report
