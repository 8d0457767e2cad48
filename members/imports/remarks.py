"""What a check has to say about a row, kept as a code and the value in question, told in the
reader's language. A fault keeps the row out; the rest is worth knowing."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Remark = tuple[str, str]

FAULTS: dict[str, str | Promise] = {
    "no_name": gettext_lazy("There is no name."),
    "too_long": gettext_lazy("This is too long: %(value)s"),
    "bad_phone": gettext_lazy("This is no phone number: %(value)s"),
    "bad_email": gettext_lazy("This is no e-mail address: %(value)s"),
    "no_business_number": gettext_lazy("An organisation needs its business registration number."),
    "bad_business_number": gettext_lazy("This is no valid business registration number: %(value)s"),
    "no_tier": gettext_lazy("There is no tier."),
    "unknown_tier": gettext_lazy("No tier is assigned to “%(value)s”."),
    "no_branch": gettext_lazy("There is no branch."),
    "unknown_branch": gettext_lazy("No branch is assigned to “%(value)s”."),
    "foreign_branch": gettext_lazy("You import for your own branch only, not for “%(value)s”."),
    "no_joined_on": gettext_lazy("There is no day of joining."),
    "bad_date": gettext_lazy("This is no date: %(value)s"),
    "joined_in_future": gettext_lazy("The day of joining lies in the future: %(value)s"),
    "bad_year": gettext_lazy("This is no year: %(value)s"),
    "unclear_paid": gettext_lazy("Whether dues were paid is unclear: %(value)s"),
    "paid_before_joining": gettext_lazy("Dues of %(value)s were paid before the day of joining."),
    "paid_in_future": gettext_lazy("The paid year lies too far ahead: %(value)s"),
    "has_left": gettext_lazy("Who has left is not imported (%(value)s)."),
    "email_in_file": gettext_lazy("Line %(value)s has the same e-mail and another name."),
    "email_taken": gettext_lazy("Somebody of another name has an account with this e-mail."),
    "number_twice": gettext_lazy(
        "Line %(value)s has the same business registration number and another name."
    ),
    "expelled": gettext_lazy("A person of this name and address was expelled; please look first."),
    "member_elsewhere": gettext_lazy("A member of another branch already."),
    "own_row": gettext_lazy(
        "You cannot import yourself or a company in which you sit: another person has to."
    ),
    "years_of_member": gettext_lazy(
        "Years paid by a member of the register are confirmed at the deposits, or imported by the"
        " head office."
    ),
}
NOTES: dict[str, str | Promise] = {
    "bad_postcode": gettext_lazy("The postcode has not five digits and is left out: %(value)s"),
    "number_renewed": gettext_lazy("Member number %(value)s is taken; a new one is given."),
    "other_tier": gettext_lazy("The tier differs (%(value)s); it is not changed."),
    "other_branch": gettext_lazy("The branch differs (%(value)s); it is not changed."),
    "other_email": gettext_lazy(
        "The e-mail address is not known (%(value)s); enter it on the member's page."
    ),
    "other_phone": gettext_lazy("The phone number differs (%(value)s); it is not changed."),
    "adds_years": gettext_lazy("Adds paid years: %(value)s"),
    "adds_phone": gettext_lazy("Adds the phone number."),
    "adds_address": gettext_lazy("Adds the address."),
    "has_account": gettext_lazy("There is an account with this e-mail; it becomes the member's."),
    "no_email": gettext_lazy("Without e-mail there is no account yet."),
    "like_member": gettext_lazy("There is a member of the same name: %(value)s"),
    "like_line": gettext_lazy("Line %(value)s has the same name."),
    "same_line": gettext_lazy("Line %(value)s is the same."),
    "own_if_merged": gettext_lazy(
        "It cannot be merged: you cannot import yourself or a company in which you sit."
    ),
    "years_if_merged": gettext_lazy(
        "It cannot be merged: years paid by a member of the register are confirmed at the deposits,"
        " or imported by the head office."
    ),
}


def told(remarks: list[list[str]]) -> list[str]:
    words = {**FAULTS, **NOTES}
    return [_told(str(words[code]), value) for code, value in remarks]


def _told(text: str, value: str) -> str:
    return text % {"value": value} if "%(value)s" in text else text


def is_fault(code: str) -> bool:
    return code in FAULTS


def summary(remarks: list[list[str]]) -> str:
    return " ".join(told(remarks)) or _("Nothing to remark.")
