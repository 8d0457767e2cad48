"""What is done with reports and statistics."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

VERBS: dict[str, Promise] = {
    "research.abandon_series_import": _("Gave up an import of values"),
    "research.add_erratum": _("Added an erratum to a report"),
    "research.buy_report": _("Ordered a report"),
    "research.change_author": _("Changed what is said of an author"),
    "research.change_caps": _("Changed how many copies a reader may take in a day"),
    "research.change_report": _("Changed a report"),
    "research.change_series": _("Changed a statistic"),
    "research.choose_samples": _("Chose the sample pages of a report"),
    "research.create_report": _("Made a report"),
    "research.create_series": _("Made a statistic"),
    "research.download_report": _("Downloaded a report"),
    "research.drop_edition": _("Gave up an edition of a report"),
    "research.end_permit": _("Closed a report to a person again"),
    "research.export_authors": _("Exported the list of authors"),
    "research.export_downloads": _("Exported the list of copies taken"),
    "research.export_reports": _("Exported the list of reports"),
    "research.export_series": _("Exported the list of statistics"),
    "research.import_series": _("Imported values of a statistic"),
    "research.let_in": _("Opened a report to a person for a reason"),
    "research.prepare_edition": _("Prepared an edition of a report"),
    "research.publish_report": _("Published a report"),
    "research.publish_series": _("Published a statistic"),
    "research.release_edition": _("Released an edition of a report"),
    "research.return_report": _("Sent a report back"),
    "research.submit_report": _("Handed in a report for review"),
    "research.tell_values": _("Wrote values of a statistic"),
    "research.withdraw_report": _("Withdrew a report"),
    "research.withdraw_series": _("Withdrew a statistic"),
}
