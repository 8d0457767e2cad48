"""The library: what the association has published, and who took which copy."""

from research.models.desk import Reader, Step, UseCount, ViewCount
from research.models.downloads import Download, DownloadQuerySet, Resumption, new_serial
from research.models.finding import (
    Catalogue,
    Placed,
    Posting,
    SavedSearch,
    SavedSearchQuerySet,
    TextPage,
)
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
from research.models.series import Breakdown, Observation, Series, SeriesQuerySet
from research.models.series_imports import SeriesImport, SeriesImportRow

__all__ = [
    "CAME",
    "OWN",
    "AssociationWide",
    "Audience",
    "Author",
    "Authorship",
    "Breakdown",
    "Catalogue",
    "DailyCap",
    "Download",
    "DownloadQuerySet",
    "Edition",
    "Erratum",
    "Label",
    "Observation",
    "Occasion",
    "Permit",
    "PermitQuerySet",
    "Placed",
    "Posting",
    "Reader",
    "Report",
    "ReportQuerySet",
    "Resumption",
    "SamplePage",
    "SavedSearch",
    "SavedSearchQuerySet",
    "Series",
    "SeriesImport",
    "SeriesImportRow",
    "SeriesQuerySet",
    "Step",
    "TextPage",
    "UseCount",
    "ViewCount",
    "new_serial",
]
