"""Founds the association in an empty portal; safe to run again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kosna.accounts.models import User
from kosna.core.errors import Refused
from kosna.founding import found


class Command(BaseCommand):
    help = (
        "Writes regions, head office, tiers, rates, rights and the calendar of dues where they are"
        " missing, and makes two accounts the first system administrators."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--admin", nargs=2, required=True, metavar="EMAIL", help="of two people's accounts"
        )

    def handle(self, *args: Any, admin: list[str], **options: Any) -> None:
        try:
            offices = found(admins=[User.objects.get(email__iexact=each) for each in admin])
        except (Refused, User.DoesNotExist) as refusal:
            raise CommandError(str(refusal)) from None
        for office in offices:
            self.stdout.write(str(office))
        self.stdout.write("The association is founded.")
