"""Loads the demonstration association, or prints who can log in to it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kosna.core.errors import Refused
from kosna.demo import api, attendees, walk_ins
from kosna.demo.loading import load
from kosna.demo.people import PASSWORD, logins


class Command(BaseCommand):
    help = "Loads the demonstration association once; --logins prints who can log in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--logins", action="store_true")

    def handle(self, *args: Any, logins: bool, **options: Any) -> None:
        if logins:
            self.stdout.write(table())
            return
        try:
            loaded = load()
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write("Loaded." if loaded else "The demonstration is loaded already.")


def table() -> str:
    rows = [f"  {email:32} {name}  {note}" for email, name, note in logins()]
    key = f"  Key of the API (docs at /api/v1/), reads the events of Busan: {api.KEY}"
    door = ["  At the door of today's salon (what opens first gets the key):"]
    door += [f"    {told}: {address}" for told, address in walk_ins.links()]
    head = f"  Password for everybody: {PASSWORD}"
    guests = ["  People without an account come by the links in their mails:"]
    guests += [f"    {told}: {address}" for told, address in attendees.links()]
    return "\n".join([head, "", *rows, "", key, "", *door, "", *guests])
