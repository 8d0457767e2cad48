"""In what standing a member is on a day, and why.

Derived from dated facts whenever it is asked; stored nowhere. ``standing_of`` is the row's answer,
``with_standing`` the queryset's; a test pins that the two agree. Its sentence is the only place
that says why, and until when: member, staff and mails are all shown the same.
"""

from members.standing.days import (
    ADMITTED,
    ARREARS,
    BEFORE,
    ENDED,
    FOR_LIFE,
    GOOD,
    GRACE,
    LABELS,
    SUSPENDED,
    TONES,
    all_tiers,
    calendar_for,
    code_on,
    code_since,
    due_on,
    forfeits_from,
    grace_ends_on,
    grace_from,
)
from members.standing.row import (
    Standing,
    is_forfeitable,
    paid_ahead,
    paid_until,
    standing_of,
    terms,
)
from members.standing.which import (
    expiring,
    forfeitable,
    in_standing,
    with_paid_until,
    with_standing,
    with_suspension,
)

__all__ = [
    "ADMITTED",
    "ARREARS",
    "BEFORE",
    "ENDED",
    "FOR_LIFE",
    "GOOD",
    "GRACE",
    "LABELS",
    "SUSPENDED",
    "TONES",
    "Standing",
    "all_tiers",
    "calendar_for",
    "code_on",
    "code_since",
    "due_on",
    "expiring",
    "forfeitable",
    "forfeits_from",
    "grace_ends_on",
    "grace_from",
    "in_standing",
    "is_forfeitable",
    "paid_ahead",
    "paid_until",
    "standing_of",
    "terms",
    "with_paid_until",
    "with_standing",
    "with_suspension",
]
