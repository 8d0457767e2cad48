"""A form that was open too long does not write over what happened since."""

import pytest

from kosna.core.errors import Refused
from members import actions
from members.models import Application
from tests.members.conftest import make_application


def test_a_stale_form_keeps_number_and_state(cast):
    row = make_application(cast.account, cast.associate_tier, cast.busan)
    stale = Application.objects.get(pk=row.pk)
    row = actions.submit_application(row, by=cast.account)
    number = row.number

    stale.name = "다른 이름"
    with pytest.raises(Refused):
        actions.save_draft(stale, proof=None, by=cast.account)

    row.refresh_from_db()
    assert (row.status, row.number, row.name) == ("submitted", number, cast.account.name)


def test_a_revision_of_an_earlier_round_is_stale_too(cast):
    row = make_application(cast.account, cast.associate_tier, cast.busan, submitted=True)
    actions.request_revision(row, named=["address"], reason="주소", by=cast.reviewer)
    stale = Application.objects.get(pk=row.pk)
    actions.submit_application(stale, by=cast.account)
    actions.request_revision(row, named=["phone"], reason="전화", by=cast.reviewer)
    assert Application.objects.get(pk=row.pk).is_editable

    with pytest.raises(Refused):
        actions.save_draft(stale, proof=None, by=cast.account)
