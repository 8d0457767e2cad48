"""Closing an account, closed accounts, destruction."""

from tests.access.rows import (
    PRIVACY,
    PROPOSE_DESTRUCTION,
    SEE_DESTRUCTION,
    desk,
    hall,
    signed_in,
)

ROWS = [
    signed_in("me:leave"),
    signed_in("me:leave-confirm", ok=302),
    desk("retention_staff:destructions", SEE_DESTRUCTION),
    desk("retention_staff:destructions-export", SEE_DESTRUCTION, 303, "post"),  # what for?
    desk("retention_staff:schedule", SEE_DESTRUCTION),
    desk("retention_staff:propose", PROPOSE_DESTRUCTION, 303, "post"),  # another waits
    hall("retention_staff:destruction", SEE_DESTRUCTION, pk="destruction"),
    hall("retention_staff:approve", PRIVACY, 302, "post", pk="destruction"),
    hall("retention_staff:refuse", PRIVACY, 422, "post", pk="destruction"),
    hall("retention_staff:withdraw", PROPOSE_DESTRUCTION, 303, "post", pk="destruction"),  # others'
    hall("retention_staff:resume", PRIVACY, 303, "post", pk="destruction"),  # not approved yet
    desk("retention_staff:closed-accounts", PRIVACY),
    desk("retention_staff:closed-export", PRIVACY, 303, "post"),
    hall("retention_staff:closed-account", PRIVACY, pk="closed_account"),
]
