"""Which e-mail addresses somebody has proven to be theirs."""

from allauth.account.models import EmailAddress

from kosna.accounts.models import User


def verified_addresses_of(user: User) -> set[str]:
    """In small letters; an address that waits for its code is nobody's yet."""
    rows = EmailAddress.objects.filter(user=user, verified=True)
    return {email.lower() for email in rows.values_list("email", flat=True)}
