"""Founds the association in an empty portal; safe to run again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kosna.accounts.models import User
from kosna.founding import found


class Command(BaseCommand):
    help = (
        "Writes regions, head office, tiers, rates, rights and the calendar of dues where they are"
        " missing, and makes an account the first administrator and secretariat."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--admin", required=True, metavar="EMAIL", help="of an account")

    def handle(self, *args: Any, admin: str, **options: Any) -> None:
        user = User.objects.filter(email__iexact=admin, is_active=True).first()
        if user is None:
            raise CommandError(f"There is no account {admin}: manage.py createsuperuser makes it.")
        for office in found(admin=user):
            self.stdout.write(f"{office.user}: {office.role}")
        self.stdout.write("The association is founded.")
