"""The library: what the association has published, and who took which copy."""

from research.models.downloads import Download, DownloadQuerySet, new_serial
from research.models.reports import AssociationWide, Report, ReportQuerySet

__all__ = [
    "AssociationWide",
    "Download",
    "DownloadQuerySet",
    "Report",
    "ReportQuerySet",
    "new_serial",
]
