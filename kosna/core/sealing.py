"""Texts that the database holds and cannot read (개인정보의 안전성 확보조치 기준 §7): sealed with
``FIELD_KEYS``, of which the first seals and each opens."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unreadable(Exception):
    """Sealed with a key that is not at hand, or not what was sealed."""


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_KEYS])


def seal(text: str) -> bytes:
    return _keys().encrypt(text.encode())


def unseal(sealed: bytes | memoryview) -> str:
    """Raises Unreadable."""
    try:
        return _keys().decrypt(bytes(sealed)).decode()
    except InvalidToken:
        raise Unreadable from None


def reseal(sealed: bytes | memoryview) -> bytes:
    """The same text under the first key. Raises Unreadable."""
    return seal(unseal(sealed))
