"""Keys of programs: issued at the desk, shown once, refused once revoked."""

from datetime import timedelta

import pytest

from kosna.api import actions
from kosna.api.models import Allowance, Scope, Token
from kosna.audit.models import Entry
from kosna.branches.models import Appointment
from kosna.core import clock, tokens
from kosna.core.errors import Refused
from tests import factories
from tests.api.programs import Program, issue
from tests.members.test_desk import queries_of

pytestmark = pytest.mark.django_db
TYPED = {"label": "지부 누리집", "scopes": ["events:read"], "days": "90"}


def test_a_key_is_shown_once_and_its_fingerprint_kept(cast, login):
    desk = login("officer")
    page = desk.post("/staff/api-keys/", TYPED | {"branch": cast.busan.pk})
    secret = page.context["secret"]

    assert secret.startswith("kosna_") and secret in page.content.decode()
    assert page["Cache-Control"] == "private, no-store"
    token = Token.objects.get()
    assert token.fingerprint == tokens.fingerprint(secret)
    assert secret not in desk.get("/staff/api-keys/").content.decode()
    assert Entry.objects.filter(verb="api.issue_token", actor_id=cast.officer.pk).count() == 1
    again = desk.post("/staff/api-keys/", TYPED | {"branch": cast.busan.pk})
    assert (again.status_code, Token.objects.count()) == (422, 1)
    assert "label" in again.context["form"].errors
    assert again.context["form"]["scopes"].value() == ["events:read"]


def test_nobody_gives_a_key_for_another_branch_or_what_is_not_theirs(cast, login):
    page = login("officer").post("/staff/api-keys/", TYPED | {"branch": cast.daegu.pk})
    assert (page.status_code, set(page.context["form"].errors)) == (422, {"branch"})
    with pytest.raises(Refused):
        actions.issue_token(
            branch=cast.busan, label="x", scopes=["events:read"], days=30, by=cast.other_officer
        )
    secret = issue(cast)
    assert login("other_officer").get("/staff/api-keys/").context["page"].object_list.count() == 0
    token = Token.objects.get()
    assert login("other_officer").post(f"/staff/api-keys/{token.pk}/revoke/").status_code == 404
    assert Program(secret)("GET", "events").status_code == 200


def test_a_key_is_refused_once_revoked_expired_or_without_its_issuer(cast, login, monkeypatch):
    ask = Program(issue(cast))
    assert ask("GET", "events").status_code == 200
    token = Token.objects.get()
    assert token.last_used_at is not None

    monkeypatch.setattr(clock, "now", lambda now=clock.now: now() + timedelta(days=31))
    assert ask("GET", "events").status_code == 401
    monkeypatch.undo()
    office = Appointment.objects.get(user=cast.officer)
    office.valid_to = clock.today() - timedelta(days=1)
    Appointment.objects.filter(pk=office.pk).update(valid_to=office.valid_to)
    assert ask("GET", "events").status_code == 403
    Appointment.objects.filter(pk=office.pk).update(valid_to=None)
    assert ask("GET", "events").status_code == 200

    login("officer").post(f"/staff/api-keys/{token.pk}/revoke/")
    refused = ask("GET", "events")
    assert (refused.status_code, refused["WWW-Authenticate"]) == (401, "Bearer")
    assert Entry.objects.filter(verb="api.revoke_token").count() == 1


def test_a_session_opens_nothing_and_a_key_starts_none(cast, login):
    factories.make_event("seminar", branch=cast.busan)
    assert login("head_office").get("/api/v1/events").status_code == 401
    answer = Program(issue(cast))("GET", "events")
    assert answer.cookies == {}
    assert "Access-Control-Allow-Origin" not in answer
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    "header", ["", "Basic x", "Bearer", "Bearer ", "Bearer 열쇠", "Bearer x" * 99]
)
def test_what_is_no_key_is_told_so_in_the_language_asked_for(db, header, client):
    for language, title in (
        ("ko-KR,en;q=0.5", "유효한 키가 필요합니다"),
        ("en", "A valid key is needed"),
    ):
        answer = client.get(
            "/api/v1/events", headers={"Authorization": header, "Accept-Language": language}
        )
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"
        assert answer["Content-Language"] == language[:2]
        assert answer.json() == {"type": "about:blank", "title": title, "status": 401}


def test_a_key_asks_so_often_a_minute(cast, monkeypatch):
    monkeypatch.setattr(actions, "MOST_A_MINUTE", 3)
    ask = Program(issue(cast))
    other = Program(issue(cast, label="다른 키"))
    answers = [ask("GET", "events") for _n in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[-1]["Retry-After"] == "60"
    assert other("GET", "events").status_code == 200
    Allowance.objects.update(began_at=clock.now() - timedelta(seconds=61))
    assert ask("GET", "events").status_code == 200
    assert Allowance.objects.get(holder=f"token:{Token.objects.first().pk}").used == 1


def test_the_list_of_keys_takes_as_many_statements_for_three(cast, login):
    desk = login("head_office")
    issue(cast)
    one = queries_of(desk, "/staff/api-keys/")
    issue(cast, label="둘째")
    issue(cast, label="셋째", by="other_officer")
    assert queries_of(desk, "/staff/api-keys/") == one
    assert set(Scope.values) == set(Token.objects.first().scopes)
