"""Recomputes every invariant; exits with 1 when one does not hold."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from kosna.verify import verify


class Command(BaseCommand):
    help = "Recounts seats, money, documents, memberships and the audit chain."

    def handle(self, *args: Any, **options: Any) -> None:
        results = verify()
        for name, problems in results.items():
            self.stdout.write(f"{'ok  ' if not problems else 'FAIL'} {name.replace('_', ' ')}")
            for problem in problems:
                self.stdout.write(f"     {problem}")
        if any(results.values()):
            sys.exit(1)
