"""HEAD, and answers that an asker has already; whoever may not see a thing learns of neither."""

import pytest

from events import actions
from events.models import Ticket
from tests import factories
from tests.api.programs import Program, issue

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(cast):
    event = factories.make_event("seminar", branch=cast.busan)
    factories.make_ticket(event, capacity=5)
    return event


@pytest.fixture
def ask(cast, event):
    return Program(issue(cast))


@pytest.mark.parametrize("path", ["events", "events/seminar", "events/seminar/registrations"])
def test_head_is_get_without_its_body(ask, path):
    whole, bare = ask("GET", path), ask("HEAD", path)
    assert (bare.status_code, bare.content) == (200, b"")
    assert bare["Content-Length"] == str(len(whole.content))
    assert bare["ETag"] == whole["ETag"]
    missing = ask("HEAD", "events/none")
    assert (missing.status_code, missing.content) == (404, b"")
    assert ask("HEAD", "events/seminar/publish").status_code == 405


def test_what_one_has_already_is_not_sent_again(ask, event):
    tag = ask("GET", "events/seminar")["ETag"]
    for seen in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = ask("GET", "events/seminar", If_None_Match=seen)
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    assert ask("HEAD", "events/seminar", If_None_Match=tag).status_code == 304
    assert ask("GET", "events/seminar", If_None_Match="no tag").status_code == 422
    # Fewer seats are another answer of the same version, and no reason to stop a change.
    Ticket.objects.update(capacity=4)
    sold = ask("GET", "events/seminar", If_None_Match=tag)
    assert (sold.status_code, sold["ETag"] != tag) == (200, True)
    back = ask("POST", "events/seminar/unpublish", If_Match=tag)
    assert (back.status_code, back.json()["status"]) == (200, "draft")
    event.refresh_from_db()
    actions.touch(event)
    assert ask("POST", "events/seminar/publish", If_Match=sold["ETag"]).status_code == 412


def test_who_may_not_see_it_is_not_told_that_it_is_unchanged(cast, ask):
    tag = ask("GET", "events/seminar")["ETag"]
    foreign = Program(issue(cast, by="other_officer"))
    assert foreign("GET", "events/seminar", If_None_Match=tag).status_code == 404
    door = Program(issue(cast, "checkin", label="출입"))
    assert door("GET", "events/seminar", If_None_Match="*").status_code == 403
    assert Program("kosna_none")("GET", "events/seminar", If_None_Match=tag).status_code == 401
