"""What a member agrees to who opens an entry (개인정보 보호법 §15②: purpose, items, how long, the
right to refuse). Whoever changes the text gives it another version."""

import hashlib

from django.utils.translation import get_language

VERSION = "2026-11"
_KOREAN = """목적: 회원 사이의 교류와 연결(회원 디렉터리 공개, 연락 요청).

항목: 회원 이름(단체는 단체명), 소속 지부, 회원 구분과 본인이 입력한 항목 가운데 공개하기로 정한 것.

공개 대상: 항목마다 본인이 정한 범위(디렉터리를 읽을 수 있는 회원, 연결된 회원). 연락 요청을 수락하면 두 회원의 이메일 주소가 서로에게 공개됩니다.

기간: 등록을 닫을 때까지. 등록을 닫거나 회원 자격이 끝나면 바로 보이지 않습니다. 이미 이루어진 연결에서 알게 된 주소는 상대방에게 남습니다.

동의하지 않아도 회원의 다른 권리에는 영향이 없으며, 언제든지 동의를 철회할 수 있습니다."""
_ENGLISH = """Purpose: exchange between members (the member directory, requests for introductions).

What: your name as a member (of an organisation its name), branch and kind of membership, and of what you have entered the fields that you choose to show.

To whom: for each field as you choose, members who may read the directory, or those to whom you are introduced. When a request is accepted, each of the two sees the other's e-mail address.

How long: until you close the entry. Once it is closed, or the membership has ended, nobody sees it. Addresses learnt through an introduction stay with the other member.

Not agreeing changes nothing else about your membership, and you can take your consent back at any time."""


def text() -> str:
    return _ENGLISH if get_language() == "en" else _KOREAN


def fingerprint() -> str:
    """Of the Korean text, which is the one that counts."""
    return hashlib.sha256(_KOREAN.encode()).hexdigest()
