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
        accounts = {each: User.objects.filter(email__iexact=each).first() for each in admin}
        if missing := [email for email, account in accounts.items() if account is None]:
            raise CommandError(
                f"No account has the address {' or '.join(missing)}. Nothing was written: let its"
                " owner sign up at the portal first, then run this again."
            )
        try:
            offices = found(admins=[account for account in accounts.values() if account])
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        for office in offices:
            self.stdout.write(str(office))
        self.stdout.write("The association is founded.")
