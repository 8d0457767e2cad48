"""The whole of it, in one go."""

from django.conf import settings

from kosna.accounts.models import User
from kosna.audit.actions import seal
from kosna.core.errors import Refused
from kosna.demo.large.events import add_registrations, add_tickets
from kosna.demo.large.filling import Filling, Scale, email_of
from kosna.demo.large.library import add_reports
from kosna.demo.large.people import add_people
from kosna.demo.large.records import add_downloads, add_entries


def load_large(seed: int, scale: Scale | None = None) -> None:
    """Adds a large association to the demonstration. Raises Refused in production, and where it
    was added before."""
    if settings.PRODUCTION:
        raise Refused("A large demonstration is never loaded in production.")
    if User.objects.filter(email=email_of(0)).exists():
        raise Refused("The large association is loaded already.")
    fill(Filling(seed, scale or Scale()))


def fill(filling: Filling) -> None:
    add_people(filling)
    add_reports(filling)
    add_tickets(filling)
    add_registrations(filling)
    add_downloads(filling)
    add_entries(filling)
    while seal():
        pass
