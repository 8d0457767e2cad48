"""Secrets that leave the portal in one mail and are never written down in it.

A secret follows from a random seed and SECRET_KEY. What is stored is the seed (in the outbox, until
the mail is drawn) and the fingerprint by which the secret is known again; neither gives it away.
"""

import base64
import secrets

from django.utils.crypto import salted_hmac

# Crockford's letters: nobody confuses them on paper or on the phone.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 8


def new_seed() -> str:
    return secrets.token_urlsafe(24)


def token(seed: str) -> str:
    """256 bits for a link."""
    digest = salted_hmac("kosna.token", seed, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def code(seed: str) -> str:
    """Eight letters to type, 40 bits: only with few tries and a short life."""
    digest = salted_hmac("kosna.code", seed, algorithm="sha256").digest()
    return "".join(_LETTERS[byte % 32] for byte in digest[:CODE_LENGTH])


def fingerprint(secret: str) -> str:
    return salted_hmac("kosna.fingerprint", secret, algorithm="sha256").hexdigest()


def as_typed(text: str) -> str:
    """A code as people type it: small letters, spaces, dashes, O for zero, I and L for one."""
    letters = "".join(letter for letter in text.upper() if letter.isalnum())
    return letters.translate(str.maketrans("OIL", "011"))
