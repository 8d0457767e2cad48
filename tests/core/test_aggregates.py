"""Both databases answer alike."""

import pytest
from django.db.models import F

from kosna.core.aggregates import Joined
from members.models import Tier, TierRight
from tests import factories

pytestmark = pytest.mark.django_db


def test_the_texts_of_a_group_are_joined() -> None:
    """A tier that grants nothing has none."""
    tier, bare = factories.make_tier("regular"), factories.make_tier("guest")
    tier.rights.all().delete()
    bare.rights.all().delete()
    for right in ("vote", "read_reports"):
        TierRight.objects.create(tier=tier, right=right)
    joined = Tier.objects.annotate(said=Joined("rights__right")).filter(pk__in=[tier.pk, bare.pk])
    said = dict(joined.order_by().values_list("code", F("said")))
    assert {code: sorted((text or "").split(",")) for code, text in said.items()} == {
        "regular": ["read_reports", "vote"],
        "guest": [""],
    }
    assert said["guest"] is None
