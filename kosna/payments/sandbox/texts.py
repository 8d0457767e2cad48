"""What the payment page says, in the session's language. Korean first, as in the portal."""

TEXTS = {
    "ko": {
        "banner": "모의 결제 · 실제 돈은 오가지 않습니다",
        "title": "결제하기",
        "merchant": "한국소셜네트워크협회",
        "order": "주문번호",
        "total": "결제 금액",
        "quantity": "{0}개",
        "method": "결제 수단",
        "email": "이메일",
        "pay": "{0} 결제",
        "others": "다른 결과 시험하기",
        "decline": "결제 거절",
        "later_paid": "결제는 되지만 나중에 확정",
        "later_failed": "나중에 실패로 확정",
        "cancel": "결제하지 않고 돌아가기",
        "until": "{0}까지 결제할 수 있습니다.",
        "declined": "결제가 거절되었습니다. 다른 결제 수단을 고르거나 다시 시도해 주십시오.",
        "complete_title": "결제 절차가 끝났습니다",
        "complete": "이 결제는 이미 처리되었습니다. 다시 결제하지 않으셔도 됩니다.",
        "expired_title": "결제 시간이 지났습니다",
        "expired": "이 결제 화면은 더 이상 쓸 수 없습니다. 주문으로 돌아가 다시 시작해 주십시오.",
        "back": "돌아가기",
        "card": "해외 카드",
        "kr_card": "국내 카드",
        "kakao_pay": "카카오페이",
        "naver_pay": "네이버페이",
        "payco": "페이코",
        "samsung_pay": "삼성페이",
    },
    "en": {
        "banner": "Sandbox · no real money moves",
        "title": "Payment",
        "merchant": "Korea Social Network Association",
        "order": "Order",
        "total": "Total",
        "quantity": "× {0}",
        "method": "Payment method",
        "email": "Email",
        "pay": "Pay {0}",
        "others": "Try another outcome",
        "decline": "Decline the payment",
        "later_paid": "Accept now, confirm later",
        "later_failed": "Accept now, fail later",
        "cancel": "Go back without paying",
        "until": "You can pay until {0}.",
        "declined": "The payment was declined. Please choose another method or try again.",
        "complete_title": "This payment is done",
        "complete": "It has already been handled. There is no need to pay again.",
        "expired_title": "The time to pay is over",
        "expired": "This page can no longer be used. Please return to your order and start again.",
        "back": "Go back",
        "card": "International card",
        "kr_card": "Korean card",
        "kakao_pay": "Kakao Pay",
        "naver_pay": "Naver Pay",
        "payco": "PAYCO",
        "samsung_pay": "Samsung Pay",
    },
}


def language(locale: str | None) -> str:
    return "en" if (locale or "ko").startswith("en") else "ko"


def won(amount: int, lang: str) -> str:
    return f"{amount:,}원" if lang == "ko" else f"₩{amount:,}"
