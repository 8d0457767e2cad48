"""Lists every address with its name, methods and the permission it needs."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from kosna.routes import routes


class Command(BaseCommand):
    help = "Lists every address of the portal and who may open it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["json"]:
            rows = [route.as_dict() for route in routes()]
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))
            return
        for route in routes():
            self.stdout.write(f"{route.pattern:60} {route.access:40} {route.name}")
