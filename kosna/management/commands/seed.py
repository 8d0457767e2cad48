"""Fills an empty database for tests from outside, and prints who can log in, as JSON."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kosna.core.errors import Refused
from kosna.demo.large import email_of, load_large
from kosna.demo.loading import load
from kosna.demo.people import PASSWORD, logins

SHOWN = 50


class Command(BaseCommand):
    help = "Loads the demonstration (s) or a large association (l); prints personas as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--size", choices=["s", "l"], default="s")
        parser.add_argument(
            "--seed", type=int, default=1, help="varies l; the demonstration (s) is always the same"
        )

    def handle(self, *args: Any, size: str, seed: int, **options: Any) -> None:
        try:
            load()
            if size == "l":
                load_large(seed)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        people = [
            {"key": email.split("@")[0], "email": email, "name": name, "note": note}
            for email, name, note in logins()
        ]
        if size == "l":
            people += [
                {"key": email_of(index).split("@")[0], "email": email_of(index)}
                for index in range(SHOWN)
            ]
        printed = {"size": size, "seed": seed, "password": PASSWORD, "personas": people}
        self.stdout.write(json.dumps(printed, ensure_ascii=False, indent=1))
