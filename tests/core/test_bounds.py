"""Years and numbers that no calendar and no column holds: said at the field, left out of a filter.
Every other field of the desk is tried in ``tests/test_nonsense``."""

import pytest
from django import forms

from kosna.branches.models import Branch
from kosna.core.bounds import MOST_ROWS
from tests import factories

pytestmark = pytest.mark.django_db
LONG = "99999999999999999999"


class Typed(forms.Form):
    day = forms.DateField(required=False)
    at = forms.DateTimeField(required=False)
    number = forms.IntegerField(required=False)
    share = forms.DecimalField(required=False)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("day", "0001-01-01"),
        ("day", "1899-12-31"),
        ("day", "2201-01-01"),
        ("at", "0001-01-01T00:00"),
        ("at", "9999-12-31T23:59"),
        ("number", LONG),
        ("number", f"-{LONG}"),
    ],
)
def test_what_leads_nowhere_is_said_at_its_field(field, value):
    assert set(Typed({field: value}).errors) == {field}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("day", "1900-01-01"),
        ("day", "2200-12-31"),
        ("at", "2200-12-31T23:59"),
        ("number", str(2**62)),
        ("share", "12.5"),
    ],
)
def test_whatever_anybody_means_is_taken(field, value):
    assert Typed({field: value}).errors == {}


def test_a_key_that_is_too_long_names_no_row():
    branch = factories.make_branch("hq")
    assert list(Branch.objects.filter(pk__in=[branch.pk, int(LONG), -int(LONG)])) == [branch]
    assert list(Branch.objects.filter(pk__in=Branch.objects.values("pk"))) == [branch]
    field = forms.ModelMultipleChoiceField(Branch.objects.all())
    with pytest.raises(forms.ValidationError):
        field.clean([LONG])


@pytest.mark.parametrize("asked", ["since=0001-01-01", "until=9999-12-31", "since=9999-12-31"])
@pytest.mark.parametrize("page", ["/staff/orders/", "/staff/ledger/"])
def test_a_filter_by_no_day_is_left_out(login, page, asked):
    assert login("treasurer").get(f"{page}?{asked}").status_code == 200


@pytest.mark.parametrize(
    ("page", "typed", "field"),
    [
        ("/staff/tiers/calendars/new/", {"due_month": "2147483648", "due_day": "1"}, "due_day"),
        ("/staff/tiers/calendars/new/", {"grace_month": "1", "grace_day": LONG}, "grace_day"),
        ("/staff/events/new/", {"starts_at": "0001-01-01T00:00"}, "starts_at"),
        ("/staff/reports/new/", {"branches": LONG}, "branches"),
    ],
)
def test_a_form_says_it_at_the_field(login, page, typed, field):
    who = "editor" if "reports" in page else "head_office"
    answer = login(who).post(page, typed)
    assert answer.status_code in (200, 422)  # shown again
    assert field in answer.context["form"].errors


def test_more_rows_than_any_form_has_are_refused(login, cast):
    factories.make_event("seminar", branch=cast.busan)
    typed = {"asked-TOTAL_FORMS": LONG, "asked-INITIAL_FORMS": "0"}
    answer = login("officer").post("/staff/events/seminar/questions/", typed)
    assert answer.status_code in (200, 422)  # shown again


def test_rows_are_drawn_only_so_many() -> None:
    """Whatever a sender says there are."""
    many = {"form-TOTAL_FORMS": "1999", "form-INITIAL_FORMS": "0"}
    rows = forms.formset_factory(forms.Form)(many)
    assert len(rows.forms) == 2 * MOST_ROWS
    assert not rows.is_valid()
