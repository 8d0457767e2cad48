"""The desk offers nobody a page that refuses them."""

import re

import pytest

from tests import factories
from tests.conftest import PEOPLE


@pytest.mark.parametrize("who", sorted(set(PEOPLE)))
def test_every_link_of_an_event_at_the_desk_opens(cast, login, who):
    """Each office, at the list and at one event, a course that sells booths and takes requests."""
    event = factories.make_event("course", kind="course", branch=cast.busan, attendance_percent=80)
    factories.make_ticket(event, needs_approval=True)
    factories.make_session(event)
    client = login(who)
    for page in ("/staff/events/", "/staff/events/course/"):
        answer = client.get(page)
        if answer.status_code != 200:
            continue
        content = answer.content.decode()
        links = set(re.findall(r'href="(/staff/(?:events|checkin)/course/[^"?#]*)"', content))
        refused = [link for link in sorted(links) if client.get(link).status_code != 200]
        assert not refused
