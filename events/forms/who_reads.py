"""Whom the desk of an event may ask about."""

from typing import Any

from django import forms
from django.db.models import Q

from events.models import Event
from kosna.accounts.models import User
from kosna.branches.models import Scope
from kosna.core import clock
from members.forms import NOBODY, PersonForm
from members.models import Member


class WhoReadsForm(PersonForm):
    """Staff of a branch know of people who have a place at the event, or had one, and of their own
    members; of others no more than of somebody who does not exist."""

    def __init__(self, *args: Any, event: Event, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.event, self.by = event, by

    def clean_who(self) -> User:
        person = super().clean_who()
        if self._is_known(person):
            return person
        raise forms.ValidationError(NOBODY)

    def _is_known(self, person: User) -> bool:
        if Scope.of(self.by, "events.view_registration").everywhere:
            return True
        places = Q(user=person) | Q(line__order__user=person) | Q(email__iexact=person.email)
        members = Member.objects.permitted(self.by, "members.view_member")
        return (
            self.event.registrations.filter(places).exists()
            or members.of(person, clock.today()).exists()
        )
