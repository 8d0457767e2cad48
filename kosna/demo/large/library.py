"""The library."""

from collections.abc import Iterator

from kosna.demo.large.filling import Filling, store
from kosna.demo.people import GIVEN, SURNAMES
from kosna.founding import SINCE
from members.models import Tier
from research.actions import rebuild_index
from research.models import Report


def add_reports(filling: Filling) -> None:
    """Every report has the PDF of one of the demonstration's."""
    model = Report.objects.exclude(file="").order_by("pk").first()
    words = (
        "여론",
        "데이터",
        "위기관리",
        "소상공인",
        "커뮤니티",
        "숏폼",
        "플랫폼",
        "지자체",
        "참여",
    )
    kinds = ("조사", "사례 연구", "시장 전망", "방법론", "실무 안내")
    rng = filling.rng

    def made() -> Iterator[Report]:
        for index in range(filling.scale.reports):
            one, two = rng.sample(words, 2)
            report = Report(
                slug=f"sample-{index:05d}",
                status=Report.Status.PUBLISHED,
                topic=rng.choice(Report.Topic.values),
                title_ko=f"{one} {two} {rng.choice(kinds)} {SINCE + index % 14}",
                title_en=f"Sample report {index}",
                abstract_ko=f"{one} 분야의 {two}에 관한 시연용 자료입니다.",
                abstract_en="A sample for load tests.",
                authors_ko=rng.choice(SURNAMES) + rng.choice(GIVEN),
                keywords_ko=f"{one}, {two}",
                published_at=filling.past(5_000),
                is_public=index % 5 == 0,
                file=model.file.name,
                sha256=model.sha256,
                pages=model.pages,
            )
            report.fill_search()
            yield report

    store(made())
    gated = Report.objects.filter(slug__startswith="sample-", is_public=False)
    tiers = Tier.objects.filter(code__in=["regular", "company", "large"])
    link = Report.tiers.through
    pairs = [(report, tier.pk) for report in gated.values_list("pk", flat=True) for tier in tiers]
    store(link(report_id=report, tier_id=tier) for report, tier in pairs)
    rebuild_index()
