"""The library: what the association has published, and who took which copy."""

from research.models.downloads import Download, DownloadQuerySet, new_serial
from research.models.reports import AssociationWide, Report, ReportQuerySet
from research.models.series import Breakdown, Observation, Series, SeriesQuerySet
from research.models.series_imports import SeriesImport, SeriesImportRow

__all__ = [
    "AssociationWide",
    "Breakdown",
    "Download",
    "DownloadQuerySet",
    "Observation",
    "Report",
    "ReportQuerySet",
    "Series",
    "SeriesImport",
    "SeriesImportRow",
    "SeriesQuerySet",
    "new_serial",
]
