"""Compare the provider's sessions and refunds with our books, and mend what is missing."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from kosna.core import clock
from kosna.payments.actions import reconcile


class Command(BaseCommand):
    help = "Books what no webhook told us: sessions and refunds of the last four days."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=datetime.fromisoformat, help="ISO instant, KST if bare")

    def handle(self, *args: Any, since: datetime | None, **options: Any) -> None:
        if since and since.tzinfo is None:
            since = since.replace(tzinfo=clock.KST)
        self.stdout.write(str(reconcile(since)))
