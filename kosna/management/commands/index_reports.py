"""Writes the index of the library's search anew."""

from typing import Any

from django.core.management.base import BaseCommand

from research.actions import read_texts, rebuild_index


class Command(BaseCommand):
    help = "Indexes every published report anew, and reads the files whose text is not known."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{rebuild_index()} reports")
        while done := read_texts():
            self.stdout.write(done)
