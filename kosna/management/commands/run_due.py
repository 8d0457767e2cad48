"""Runs every scheduled job once; safe to run twice and in parallel."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from kosna.core import clock, jobs


class Command(BaseCommand):
    help = "Runs every scheduled job once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--now", type=datetime.fromisoformat, help="ISO instant to stand on")

    def handle(self, *args: Any, **options: Any) -> None:
        at = options["now"]
        if at is None:
            ran = jobs.run_due(every_job=True)
        else:
            with clock.standing_at(at):
                ran = jobs.run_due(every_job=True)
        for name in ran:
            self.stdout.write(name)
