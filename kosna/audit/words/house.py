"""What is done with accounts, branches, papers and what is kept."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

VERBS: dict[str, Promise] = {
    # the house
    "privacy.view": _("Opened personal data"),
    "privacy.list": _("Saw personal data in a list"),
    "association.found": _("Founded the portal"),
    "audit.export_entries": _("Exported the access and change record"),
    "mail.export_messages": _("Exported the list of sent mail"),
    # keys of programs
    "api.issue_token": _("Issued a key of the API"),
    "api.revoke_token": _("Revoked a key of the API"),
    # accounts
    "accounts.change_account": _("Changed an account"),
    "accounts.take_own_data": _("Took a copy of their own data"),
    "accounts.close_account": _("Closed their account"),
    "accounts.remove_factor": _("Took a second factor away"),
    # the admin
    "operators.add_row": _("Added a row in the admin"),
    "operators.change_row": _("Changed a row in the admin"),
    "operators.delete_row": _("Deleted a row in the admin"),
    # branches
    "branches.add_term": _("Gave an office to an officer"),
    "branches.close_branch": _("Closed a branch"),
    "branches.end_term": _("Ended an officer's term"),
    "branches.renew_term": _("Renewed an officer's term"),
    "branches.appoint": _("Gave an office"),
    "branches.cancel_appointment": _("Took back an office before its first day"),
    "branches.change_branch": _("Changed a branch"),
    "branches.confirm_proposal": _("Confirmed an office"),
    "branches.end_appointment": _("Ended an office"),
    "branches.export_branches": _("Exported the list of branches"),
    "branches.export_notices": _("Exported the list of branches' notices"),
    "branches.export_proposals": _("Exported the list of proposed offices"),
    "branches.export_terms": _("Exported the list of terms that end soon"),
    "branches.propose": _("Proposed an office"),
    "branches.refuse_proposal": _("Refused an office"),
    "branches.withdraw_notice": _("Withdrew a notice of a branch"),
    "branches.write_notice": _("Wrote a notice of a branch"),
    # retention
    "retention.approve": _("Approved a destruction"),
    "retention.destroy": _("Destroyed what was kept long enough"),
    "retention.export_closed": _("Exported the list of closed accounts"),
    "retention.export_destructions": _("Exported the list of destructions"),
    "retention.open_identity": _("Opened who had closed an account"),
    "retention.propose": _("Proposed a destruction"),
    "retention.refuse": _("Refused a destruction"),
    "retention.resume": _("Went on with a destruction"),
    "retention.withdraw": _("Withdrew a proposed destruction"),
    # calendar
    "core.add_holiday": _("Added a holiday"),
    "core.remove_holiday": _("Removed a holiday"),
    # papers
    "documents.export_documents": _("Exported the list of documents"),
    "documents.issue_document": _("Issued a document"),
    "documents.issue_many": _("Issued documents of many members"),
    "documents.reissue_document": _("Issued a document again"),
    "documents.void_document": _("Declared a document void"),
}
