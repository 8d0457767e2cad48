"""Partners and their MOUs; consulting; projects."""

from tests.access.rows import (
    RUN_CONSULTING,
    SEE_CONSULTING,
    WRITE_PARTNER,
    Row,
    desk,
    own,
    public,
    signed_in,
)

ROWS = [
    public("programmes:partners"),
    desk("programmes_staff:partners", WRITE_PARTNER),
    desk("programmes_staff:partners-export", WRITE_PARTNER, 303, "post"),  # what for?
    desk("programmes_staff:partner-new", WRITE_PARTNER),
    desk("programmes_staff:partner", WRITE_PARTNER, pk="partner"),
    desk("programmes_staff:partner-end", WRITE_PARTNER, 422, "post", pk="partner"),
    desk("programmes_staff:end-correct", WRITE_PARTNER, 422, "post", pk="partner"),
    # Consulting
    public("programmes:consulting"),
    signed_in("consulting:requests"),
    Row("consulting:new", {"regular", "company_rep"}, others=302),  # why not
    own("consulting:request", "regular", number="consulting_asked"),
    own("consulting:withdraw", "regular", 302, "post", number="consulting_asked"),
    own("consulting:answer", "regular", 422, "post", number="consulting_advised"),
    signed_in("consulting:assigned"),
    own("consulting:assignment", "editor", number="consulting_given"),
    own("consulting:schedule", "editor", 422, "post", number="consulting_given"),
    own("consulting:report", "editor", 422, "post", number="consulting_agreed"),
    desk("programmes_staff:consulting", SEE_CONSULTING),
    desk("programmes_staff:consulting-export", SEE_CONSULTING, 303, "post"),
    desk("programmes_staff:consulting-figures", SEE_CONSULTING),
    desk("programmes_staff:consulting-request", SEE_CONSULTING, number="consulting_asked"),
    desk(
        "programmes_staff:consulting-assign", RUN_CONSULTING, 422, "post", number="consulting_asked"
    ),
    desk(
        "programmes_staff:consulting-decline",
        RUN_CONSULTING,
        422,
        "post",
        number="consulting_asked",
    ),
    desk(
        "programmes_staff:consulting-return", RUN_CONSULTING, 422, "post", number="consulting_given"
    ),
    desk(
        "programmes_staff:consulting-close",
        RUN_CONSULTING,
        422,
        "post",
        number="consulting_advised",
    ),
    desk("programmes_staff:consultants", SEE_CONSULTING),
    desk("programmes_staff:consultants-export", SEE_CONSULTING, 303, "post"),
    desk("programmes_staff:consultant-new", RUN_CONSULTING),
    desk("programmes_staff:consultant", RUN_CONSULTING, pk="consultant"),
    desk("programmes_staff:consultant-retire", RUN_CONSULTING, 422, "post", pk="consultant"),
    desk("programmes_staff:consultant-return", RUN_CONSULTING, 303, "post", pk="consultant"),
    desk("programmes_staff:rounds", SEE_CONSULTING),
    desk("programmes_staff:rounds-export", SEE_CONSULTING, 303, "post"),
    desk("programmes_staff:round-new", RUN_CONSULTING),
    desk("programmes_staff:round", RUN_CONSULTING, pk="round"),
    # Projects
    public("programmes:projects"),
    public("programmes:project", slug="project_slug"),
    Row(
        "programmes:project-apply",
        {"regular", "associate", "company_rep"},
        {"slug": "project_slug"},
        others=302,  # why not
    ),
    signed_in("projects:applications"),
    own("projects:withdraw", "regular", 302, "post", number="project_application"),
    desk("programmes_staff:projects", WRITE_PARTNER),
    desk("programmes_staff:projects-export", WRITE_PARTNER, 303, "post"),
    desk("programmes_staff:project-new", WRITE_PARTNER),
    desk("programmes_staff:project", WRITE_PARTNER, pk="project"),
    desk("programmes_staff:project-call", WRITE_PARTNER, 422, "post", pk="project"),
    desk("programmes_staff:figure-add", WRITE_PARTNER, 422, "post", pk="project"),
    desk("programmes_staff:figure-remove", WRITE_PARTNER, 302, "post", pk="project_figure"),
    desk("programmes_staff:project-applications", WRITE_PARTNER, pk="project"),
    desk("programmes_staff:applications-export", WRITE_PARTNER, 303, "post", pk="project"),
    desk("programmes_staff:application", WRITE_PARTNER, number="project_application"),
    desk(
        "programmes_staff:application-accept",
        WRITE_PARTNER,
        302,
        "post",
        number="project_application",
    ),
    desk(
        "programmes_staff:application-decline",
        WRITE_PARTNER,
        422,
        "post",
        number="project_application",
    ),
]
