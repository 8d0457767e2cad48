"""Domains that prove no company."""

# Anybody can open a mailbox there.
PUBLIC_HOSTS = frozenset({
    "naver.com", "daum.net", "hanmail.net", "kakao.com", "nate.com", "gmail.com",
    "googlemail.com", "outlook.com", "hotmail.com", "live.com", "live.co.kr", "msn.com",
    "yahoo.com", "yahoo.co.kr", "yahoo.co.jp", "icloud.com", "me.com", "mac.com", "korea.com",
    "dreamwiz.com", "empal.com", "empas.com", "hanmir.com", "lycos.co.kr", "paran.com",
    "chol.com", "freechal.com", "hitel.net", "unitel.co.kr", "netian.com", "proton.me",
    "protonmail.com", "pm.me", "gmx.com", "gmx.net", "mail.com", "aol.com", "yandex.com",
    "yandex.ru", "qq.com", "163.com", "126.com", "foxmail.com", "zoho.com", "fastmail.com",
    "tutanota.com", "tuta.io", "hey.com", "duck.com", "mailinator.com", "yopmail.com",
    "10minutemail.com", "guerrillamail.com", "temp-mail.org",
})  # fmt: skip
# Names under which registrars sell names; nobody owns these.
REGISTRIES = frozenset({
    "co.kr", "ne.kr", "or.kr", "re.kr", "pe.kr", "go.kr", "mil.kr", "ac.kr", "hs.kr", "ms.kr",
    "es.kr", "sc.kr", "kg.kr", "seoul.kr", "busan.kr", "daegu.kr", "incheon.kr", "gwangju.kr",
    "daejeon.kr", "ulsan.kr", "gyeonggi.kr", "gangwon.kr", "chungbuk.kr", "chungnam.kr",
    "jeonbuk.kr", "jeonnam.kr", "gyeongbuk.kr", "gyeongnam.kr", "jeju.kr",
})  # fmt: skip
