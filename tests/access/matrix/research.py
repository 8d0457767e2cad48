"""Statistics: for everyone, and the editors' desk."""

from tests.access.rows import SEE_REPORTS, SIGNED_IN, Row, desk, hall, own, public, signed_in

EDITOR = {"editor"}
ROWS = [
    public("research:suggest"),
    signed_in("research:saved"),
    # Nothing was searched for: to the library, where one can.
    signed_in("research:saved-new", ok=302),
    Row("research:saved-new", SIGNED_IN, method="post", ok=302),
    own("research:saved-change", "regular", 422, "post", pk="saved_search"),
    own("research:saved-delete", "regular", 302, "post", pk="saved_search"),
    public("research:saved-stop", token="stop_token"),
    public("research:series-list"),
    public("research:industry"),
    public("research:comparison"),
    public("research:series", code="statistic"),
    *(
        public(f"research:series-{kind}", code="statistic")
        for kind in ("csv", "xlsx", "json", "svg")
    ),
    # Without a choice there is nothing to compare.
    *(public(f"research:comparison-{kind}", ok=404) for kind in ("csv", "xlsx", "json", "svg")),
    desk("research_staff:series-list", SEE_REPORTS),
    desk("research_staff:series-list-export", SEE_REPORTS, 303, "post"),  # what for?
    desk("research_staff:series", SEE_REPORTS, pk="statistic_pk"),
    desk("research_staff:series-access", SEE_REPORTS, pk="statistic_pk"),
    hall("research_staff:series-figures", SEE_REPORTS),
    desk("research_staff:series-new", EDITOR),
    desk("research_staff:series-edit", EDITOR, pk="statistic_pk"),
    desk("research_staff:series-publish", EDITOR, 303, "post", pk="statistic_pk"),
    desk("research_staff:series-withdraw", EDITOR, 422, "post", pk="statistic_pk"),
    desk("research_staff:series-value", EDITOR, 422, "post", pk="statistic_pk"),
    desk("research_staff:series-import-new", EDITOR, 422, "post", pk="statistic_pk"),
    desk("research_staff:series-template", EDITOR, pk="statistic_pk"),
    desk("research_staff:series-template-csv", EDITOR, pk="statistic_pk"),
    desk("research_staff:series-import", EDITOR, uuid="statistic_import"),
    desk("research_staff:series-import-apply", EDITOR, 422, "post", uuid="statistic_import"),
    desk("research_staff:series-import-abandon", EDITOR, 302, "post", uuid="statistic_import"),
]
