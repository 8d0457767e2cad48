"""After FIELD_KEYS got a new first key: seal what stands with it, so that the old one can go."""

from typing import Any

from django.core.management.base import BaseCommand

from kosna.payments.actions import reseal
from kosna.retention.actions import reseal_identities


class Command(BaseCommand):
    help = "Seals refund accounts and closed accounts with the first of FIELD_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(str(reseal() + reseal_identities()))
