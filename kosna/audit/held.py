"""Who opened a person's data, as it is told to them: what ``/me/looks/`` shows."""

from django.utils.translation import gettext_lazy as _

from kosna.accounts.own_data import register
from kosna.audit.actions import looks_at


def tell() -> None:
    register("looks", _("Who opened my data"), looks_at, "at", "actor", "verb", "target", "reason")
