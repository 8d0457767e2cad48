"""An account that was closed, and a destruction that waits."""

from typing import Any

from kosna.core import clock
from kosna.retention.actions import close_account
from kosna.retention.models import Destruction
from tests import factories
from tests.conftest import Cast


def retention(cast: Cast) -> dict[str, Any]:
    destruction = Destruction.objects.create(proposed_by=cast.applicant)
    destruction.items.create(
        kind="mails", basis="mail", years=3, cutoff=clock.now(), number=1, keys=[0]
    )
    former = factories.make_user("former", email="former@example.test")
    return {
        "destruction": destruction.pk,
        "closed_account": close_account(ip=None, by=former).pk,
    }
