"""What a second person looks at before a report comes out. What must be there is a reason to
refuse; the rest is said, and decided by a person."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from members.access import AccessRule
from research.models import Report


@dataclass(frozen=True)
class Check:
    """One point: whether it is in order, whether it must be, and what to do."""

    name: str
    is_met: bool
    hint: str
    is_must: bool = True


def checks_of(report: Report) -> list[Check]:
    has_english = bool(report.abstract_en.strip()) or bool(report.no_english.strip())
    is_gated, rule = not report.is_public, report.access_rule()
    return [
        Check(_("File"), bool(report.file), _("Upload the PDF first.")),
        Check(
            _("Abstract in both languages"),
            has_english,
            _("Write the English abstract, or say why there is none."),
        ),
        Check(
            _("Readers"),
            report.has_readers,
            _("Say who may read it: everyone, a tier, a branch, or who came to an event."),
        ),
        Check(
            _("Price"),
            not (report.is_public and report.price is not None),
            _("What everyone may read is not sold: take the price away."),
        ),
        Check(
            _("Opening times"),
            not report.is_public or _opens_to_all(rule),
            _("What everyone may read needs an opening time for everyone, or none at all."),
        ),
        Check(
            _("Opening times of its readers"),
            report.is_public or _opens_to_all(rule) or _opens_to_each(rule),
            _("Give each tier that may read it an opening time, or one to everyone else."),
        ),
        Check(_("Title in English"), bool(report.title_en), _("English pages show it."), False),
        Check(
            _("Keywords"),
            bool(report.keywords_ko),
            _("Readers find the report by them."),
            False,
        ),
        Check(
            _("Table of contents"),
            bool(report.contents_ko),
            _("Readers decide by it whether to download."),
            False,
        ),
        Check(
            _("For non-members"),
            not is_gated or report.price is not None,
            _("The report is not sold: non-members see the abstract only."),
            False,
        ),
    ]


def _opens_to_all(rule: AccessRule) -> bool:
    return not rule.openings or None in rule.openings


def _opens_to_each(rule: AccessRule) -> bool:
    """Whether each tier that may read has its own opening time; branches have none."""
    return not rule.branch_ids and rule.tier_ids <= rule.openings.keys()


def missing(report: Report) -> list[str]:
    """What must be there and is not, as sentences."""
    return [check.hint for check in checks_of(report) if check.is_must and not check.is_met]
