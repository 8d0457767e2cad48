"""What the sample series of the demonstration are about."""

from dataclasses import dataclass
from decimal import Decimal

Category = tuple[str, str, str]  # code, Korean, English
Division = tuple[str, str, tuple[Category, ...]]


@dataclass(frozen=True)
class Facts:
    """``low`` and ``high``: where the course begins, and what it slowly comes near to. ``weights``
    of each breakdown: shares of the total where the parts add up, else multiples of it."""

    code: str
    topic: str
    name: tuple[str, str]
    unit: tuple[str, str]
    places: int
    frequency: str
    since: int
    low: float
    high: float
    by_region: bool = False
    breakdowns: tuple[Division, ...] = ()
    weights: tuple[tuple[float, ...], ...] = ()
    adds_up: bool = False
    audience: str = "everyone"
    is_key: bool = False
    season: float = 0.0
    most: Decimal | None = None


AGES: Division = (
    "연령",
    "Age",
    (
        ("age-10", "10대", "Teens"),
        ("age-20", "20대", "Twenties"),
        ("age-30", "30대", "Thirties"),
        ("age-40", "40대", "Forties"),
        ("age-50", "50대", "Fifties"),
        ("age-60", "60대 이상", "Sixty and over"),
    ),
)
GENDERS: Division = ("성별", "Gender", (("men", "남자", "Men"), ("women", "여자", "Women")))
SIZES: Division = (
    "기업 규모",
    "Company size",
    (
        ("solo", "1인 창조기업", "One-person"),
        ("micro", "소상공인", "Micro"),
        ("small", "중소기업", "Small and medium"),
        ("middle", "중견기업", "Mid-sized"),
        ("large", "대기업", "Large"),
    ),
)
GENRES: Division = (
    "장르",
    "Genre",
    (
        ("puzzle", "퍼즐", "Puzzle"),
        ("role", "역할수행", "Role playing"),
        ("sports", "스포츠", "Sports"),
        ("other", "기타", "Other"),
    ),
)
MEDIA: Division = (
    "매체",
    "Medium",
    (
        ("video", "영상", "Video"),
        ("image", "사진·그림", "Images"),
        ("music", "음악", "Music"),
        ("text", "글", "Text"),
    ),
)
PURPOSES: Division = (
    "목적",
    "Purpose",
    (
        ("product", "제품·서비스", "Products"),
        ("culture", "문화·예술", "Culture"),
        ("giving", "기부", "Giving"),
    ),
)
SPORTS: Division = (
    "종목",
    "Sport",
    (
        ("running", "달리기", "Running"),
        ("football", "축구", "Football"),
        ("climbing", "등산·클라이밍", "Hiking and climbing"),
        ("other", "기타", "Other"),
    ),
)
# Shares of the regions, roughly as people live.
WEIGHTS = {
    "seoul": 18.6,
    "busan": 6.4,
    "daegu": 4.6,
    "incheon": 5.8,
    "gwangju": 2.8,
    "daejeon": 2.8,
    "ulsan": 2.1,
    "sejong": 0.8,
    "gyeonggi": 26.6,
    "gangwon": 3.0,
    "chungbuk": 3.1,
    "chungnam": 4.2,
    "jeonbuk": 3.4,
    "jeonnam": 3.5,
    "gyeongbuk": 5.0,
    "gyeongnam": 6.3,
    "jeju": 1.3,
}
FACTS = (
    Facts(
        "sns-monthly-use",
        "management",
        ("SNS 월간 이용률", "Monthly use of social networks"),
        ("%", "%"),
        1,
        "year",
        2011,
        38,
        88,
        breakdowns=(AGES, GENDERS),
        weights=((1.14, 1.18, 1.12, 1.02, 0.86, 0.6), (0.98, 1.02)),
        audience="detail",
        is_key=True,
        most=Decimal("99.0"),
    ),
    Facts(
        "company-channels",
        "management",
        ("기업 SNS 운영 채널 수", "Channels run by companies"),
        ("개", "channels"),
        1,
        "half",
        2016,
        1.8,
        5.2,
        breakdowns=(SIZES,),
        weights=((0.6, 0.7, 1.0, 1.5, 2.1),),
        is_key=True,
    ),
    Facts(
        "social-ad-index",
        "management",
        ("소셜 광고비 지수", "Index of social advertising"),
        ("2011=100", "2011=100"),
        1,
        "quarter",
        2011,
        98,
        420,
        season=0.05,
    ),
    Facts(
        "crisis-response",
        "management",
        ("SNS 위기 대응 소요 시간", "Time to respond to a crisis on social networks"),
        ("시간", "hours"),
        1,
        "half",
        2018,
        19,
        6,
        breakdowns=(SIZES,),
        weights=((1.5, 1.4, 1.1, 0.8, 0.6),),
        audience="members",
    ),
    Facts(
        "social-game-players",
        "games",
        ("소셜 게임 월간 이용자", "Monthly players of social games"),
        ("만 명", "ten thousand people"),
        0,
        "quarter",
        2014,
        620,
        1480,
        breakdowns=(GENRES,),
        weights=((34, 22, 17, 27),),
        adds_up=True,
        is_key=True,
        season=0.03,
    ),
    Facts(
        "short-video-minutes",
        "computing",
        ("숏폼 하루 이용 시간", "Daily minutes of short videos"),
        ("분", "minutes"),
        1,
        "month",
        2021,
        22,
        74,
        breakdowns=(AGES,),
        weights=((1.6, 1.4, 1.1, 0.9, 0.7, 0.4),),
        audience="detail",
        is_key=True,
        season=0.02,
    ),
    Facts(
        "ai-adoption",
        "computing",
        ("SNS 업무의 생성형 AI 활용률", "Use of generative AI for social media work"),
        ("%", "%"),
        1,
        "half",
        2023,
        12,
        78,
        breakdowns=(SIZES,),
        weights=((0.7, 0.6, 1.0, 1.2, 1.4),),
        most=Decimal("98.0"),
        is_key=True,
    ),
    Facts(
        "creators-by-region",
        "art",
        ("지역별 활동 창작자 수", "Active creators by region"),
        ("명", "people"),
        0,
        "year",
        2015,
        21_000,
        96_000,
        by_region=True,
        adds_up=True,
        is_key=True,
    ),
    Facts(
        "art-uploads",
        "art",
        ("소셜 아트 게시물 구성", "Social art by medium"),
        ("만 건", "ten thousand posts"),
        0,
        "year",
        2015,
        420,
        2_600,
        breakdowns=(MEDIA,),
        weights=((46, 31, 12, 11),),
        adds_up=True,
    ),
    Facts(
        "remote-collaboration",
        "work",
        ("업무용 SNS 이용률", "Use of social networks at work"),
        ("%", "%"),
        1,
        "year",
        2013,
        14,
        69,
        by_region=True,
        audience="detail",
        is_key=True,
        most=Decimal("95.0"),
    ),
    Facts(
        "crowdfunding",
        "fund",
        ("크라우드펀딩 모금액", "Crowdfunding raised"),
        ("억 원", "hundred million won"),
        0,
        "quarter",
        2017,
        210,
        1_350,
        breakdowns=(PURPOSES,),
        weights=((62, 24, 14),),
        adds_up=True,
        is_key=True,
        season=0.06,
    ),
    Facts(
        "sports-communities",
        "sports",
        ("생활체육 온라인 모임 수", "Online communities of sports for all"),
        ("개", "communities"),
        0,
        "year",
        2014,
        3_400,
        17_500,
        by_region=True,
        breakdowns=(SPORTS,),
        weights=((38, 27, 19, 16),),
        adds_up=True,
        is_key=True,
    ),
    Facts(
        "region-members",
        "sports",
        ("지역별 생활체육 모임 회원 수", "Members of sports communities by region"),
        ("천 명", "thousand people"),
        1,
        "half",
        2019,
        180,
        640,
        by_region=True,
        audience="members",
        adds_up=True,
    ),
)
