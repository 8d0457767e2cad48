"""Gives a new portal its two system administrators, who appoint everybody else at the desk."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kosna.accounts.models import User
from kosna.branch_actions import set_up
from kosna.core.errors import Refused


class Command(BaseCommand):
    help = "Makes two accounts the first system administrators of a new portal."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", nargs=2, help="e-mail addresses of two accounts")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            offices = set_up([User.objects.get(email__iexact=each) for each in options["email"]])
        except (Refused, User.DoesNotExist) as refusal:
            raise CommandError(str(refusal)) from None
        for office in offices:
            self.stdout.write(str(office))
