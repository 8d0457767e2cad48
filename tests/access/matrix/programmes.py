"""Partners and their MOUs."""

from tests.access.rows import WRITE_PARTNER, desk, public

ROWS = [
    public("programmes:partners"),
    desk("programmes_staff:partners", WRITE_PARTNER),
    desk("programmes_staff:partners-export", WRITE_PARTNER, 303, "post"),  # what for?
    desk("programmes_staff:partner-new", WRITE_PARTNER),
    desk("programmes_staff:partner", WRITE_PARTNER, pk="partner"),
    desk("programmes_staff:partner-end", WRITE_PARTNER, 422, "post", pk="partner"),
    desk("programmes_staff:end-correct", WRITE_PARTNER, 422, "post", pk="partner"),
]
