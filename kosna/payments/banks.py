"""The banks into which a refund can be wired: codes of the Korean clearing house (금융결제원), and
names by which people and the gateways know them."""

from django.utils.translation import get_language

BANKS = {
    "004": ("KB국민은행", "KB Kookmin Bank"),
    "088": ("신한은행", "Shinhan Bank"),
    "020": ("우리은행", "Woori Bank"),
    "081": ("하나은행", "Hana Bank"),
    "011": ("NH농협은행", "NH NongHyup Bank"),
    "003": ("IBK기업은행", "Industrial Bank of Korea"),
    "090": ("카카오뱅크", "KakaoBank"),
    "092": ("토스뱅크", "Toss Bank"),
    "089": ("케이뱅크", "K bank"),
    "002": ("한국산업은행", "Korea Development Bank"),
    "007": ("Sh수협은행", "Suhyup Bank"),
    "012": ("단위농협", "Local NongHyup"),
    "023": ("SC제일은행", "SC First Bank Korea"),
    "027": ("씨티은행", "Citibank Korea"),
    "031": ("iM뱅크", "iM Bank"),
    "032": ("부산은행", "Busan Bank"),
    "034": ("광주은행", "Kwangju Bank"),
    "035": ("제주은행", "Jeju Bank"),
    "037": ("전북은행", "Jeonbuk Bank"),
    "039": ("경남은행", "Kyongnam Bank"),
    "045": ("새마을금고", "MG Community Credit"),
    "048": ("신협", "Credit Union (Shinhyup)"),
    "050": ("저축은행", "Savings Bank"),
    "064": ("산림조합", "Forestry Cooperative"),
    "071": ("우체국", "Korea Post"),
}


def bank_name(code: str) -> str:
    """In the reader's language; a code that is no longer in the list stands for itself."""
    korean, english = BANKS.get(code, (code, code))
    return english if get_language() == "en" else korean


def choices() -> list[tuple[str, str]]:
    return [(code, bank_name(code)) for code in BANKS]
