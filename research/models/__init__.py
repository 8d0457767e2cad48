"""The library: what the association has published, and who took which copy."""

from research.models.desk import Step, ViewCount
from research.models.downloads import Download, DownloadQuerySet, new_serial
from research.models.library import (
    Audience,
    Author,
    Authorship,
    Edition,
    Erratum,
    Label,
    SamplePage,
)
from research.models.permits import DailyCap, Permit, PermitQuerySet
from research.models.reports import (
    CAME,
    OWN,
    AssociationWide,
    Occasion,
    Report,
    ReportQuerySet,
)

__all__ = [
    "CAME",
    "OWN",
    "AssociationWide",
    "Audience",
    "Author",
    "Authorship",
    "DailyCap",
    "Download",
    "DownloadQuerySet",
    "Edition",
    "Erratum",
    "Label",
    "Occasion",
    "Permit",
    "PermitQuerySet",
    "Report",
    "ReportQuerySet",
    "SamplePage",
    "Step",
    "ViewCount",
    "new_serial",
]
