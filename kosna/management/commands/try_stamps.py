"""Tries a stamp on every stored file of the library; exits with 1 when a copy would not show it."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from research.actions import files_without_a_stamp


class Command(BaseCommand):
    help = "Makes a copy of every stored report and reads its stamp. Once, after a change of rules."

    def handle(self, *args: Any, **options: Any) -> None:
        is_sound = True
        for problem in files_without_a_stamp():
            is_sound = False
            self.stdout.write(problem)
        if not is_sound:
            sys.exit(1)
