"""Who the association is, as its papers say it."""

from kosna.settings.environment import env, invented

# How long is kept what no law names a period for: applications that came to nothing, mails.
KEEP_APPLICATIONS_YEARS = env.whole("KEEP_APPLICATIONS_YEARS", 1, least=1, most=10)
KEEP_MAIL_YEARS = env.whole("KEEP_MAIL_YEARS", 3, least=1, most=10)

ASSOCIATION = {
    "name_ko": "사단법인 한국소셜네트워크협회",
    "name_en": "Korea Social Network Association",
    "president_ko": env.text("ASSOCIATION_PRESIDENT", "강학주"),
    "president_en": env.text("ASSOCIATION_PRESIDENT_EN", "Kang Hak-ju"),
    "address_ko": env.text(
        "ASSOCIATION_ADDRESS", "서울특별시 금천구 가산동 서울디지털2단지 에이스하이엔드타워 6차"
    ),
    "address_en": env.text(
        "ASSOCIATION_ADDRESS_EN", "Ace High-End Tower 6, Gasan-dong, Geumcheon-gu, Seoul"
    ),
    "tax_number": env.like(
        "ASSOCIATION_TAX_NUMBER",
        invented("999-82-00031"),
        r"[0-9]{3}-[0-9]{2}-[0-9]{5}",
        such="a business number such as 123-82-45678",
    ),
    # As the business registration has them: what the supplier's side of a tax invoice says.
    "tax_sub_number": env.like(
        "ASSOCIATION_TAX_SUB_NUMBER", "", r"[0-9]{4}", such="four digits, or empty"
    ),
    "business_type": env.str("ASSOCIATION_BUSINESS_TYPE", "협회 및 단체"),
    "business_item": env.str("ASSOCIATION_BUSINESS_ITEM", "산업단체"),
    "phone": env.like(
        "ASSOCIATION_PHONE",
        invented("02-000-0000"),
        r"\+?[0-9][0-9 -]{6,18}",
        such="a telephone number such as 02-000-0000",
    ),
    "email": env.address("ASSOCIATION_EMAIL", invented("office@example.test")),
    "privacy_officer_ko": env.text("ASSOCIATION_PRIVACY_OFFICER", invented("송이레")),
    "privacy_officer_en": env.text("ASSOCIATION_PRIVACY_OFFICER_EN", invented("Song I-re")),
}
