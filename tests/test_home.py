"""The home page is kept for visitors until something on it changes."""

from typing import Any

import pytest
from django.db.models import F

from events import actions
from events.models import Ticket
from kosna.views import home
from research.models import Report
from tests import factories

pytestmark = pytest.mark.django_db


def test_every_change_of_what_is_shown_is_another_version(django_assert_num_queries: Any) -> None:
    versions = [home.version()]
    event = factories.make_event("talk")
    versions.append(home.version())
    ticket = factories.make_ticket(event)
    Ticket.objects.filter(pk=ticket.pk).update(taken=1)
    versions.append(home.version())
    actions.touch(event)
    versions.append(home.version())
    reports = [factories.make_report(f"report-{number}") for number in range(2)]
    versions.append(home.version())
    Report.objects.filter(pk=reports[0].pk).update(version=F("version") + 1)
    versions.append(home.version())
    Report.objects.filter(pk=reports[1].pk).update(status=Report.Status.WITHDRAWN)
    versions.append(home.version())
    assert len(set(versions)) == len(versions), versions
    with django_assert_num_queries(1):
        assert home.version() == versions[-1]
