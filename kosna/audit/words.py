"""What the record's verbs are called by people. Every verb that the code records stands here."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

VERBS: dict[str, Promise] = {
    "privacy.view": _("Opened personal data"),
    "association.found": _("Founded the portal"),
    # branches
    "branches.appoint": _("Gave an office"),
    "branches.cancel_appointment": _("Took back an office before its first day"),
    "branches.change_branch": _("Changed a branch"),
    "branches.confirm_proposal": _("Confirmed an office"),
    "branches.end_appointment": _("Ended an office"),
    "branches.propose": _("Proposed an office"),
    "branches.refuse_proposal": _("Refused an office"),
    # calendar
    "core.add_holiday": _("Added a holiday"),
    "core.remove_holiday": _("Removed a holiday"),
    # events
    "events.cancel": _("Cancelled an event"),
    "events.cancel_registration": _("Cancelled a place at an event"),
    "events.change": _("Changed an event"),
    "events.check_in": _("Checked a participant in"),
    "events.create": _("Made an event"),
    "events.export_registrations": _("Exported a list of participants"),
    "events.publish": _("Published an event"),
    "events.register": _("Registered for an event"),
    "events.unpublish": _("Took an event back to a draft"),
    # members
    "members.approve_application": _("Approved an application"),
    "members.drop_removal": _("Dropped a proposal to end a membership"),
    "members.expel": _("Expelled a member"),
    "members.export_member": _("Exported a list of members"),
    "members.forfeit": _("Recorded that a membership is forfeited"),
    "members.give_seat": _("Gave a seat"),
    "members.hold_dues": _("Held dues until the decision about admission"),
    "members.open_period": _("Opened a membership period"),
    "members.propose_removal": _("Proposed to end a membership"),
    "members.record_death": _("Recorded a death or dissolution"),
    "members.reissue_order": _("Issued a new order to an applicant"),
    "members.reject_application": _("Rejected an application"),
    "members.renew": _("Ordered a renewal"),
    "members.request_revision": _("Asked an applicant to revise"),
    "members.restore": _("Restored a member's rights"),
    "members.submit_application": _("Submitted an application"),
    "members.suspend": _("Suspended a member's rights"),
    "members.void_membership": _("Voided a membership entered in error"),
    "members.void_period": _("Voided a membership period"),
    "members.withdraw": _("Recorded that a member withdrew"),
    "members.withdraw_application": _("Withdrew an application"),
    # payments
    "payments.approve_refund": _("Approved a refund"),
    "payments.attempt_failed": _("A payment attempt failed"),
    "payments.cancel_order": _("Cancelled an order"),
    "payments.choose_bank_transfer": _("Chose bank transfer"),
    "payments.expire_order": _("An order expired unpaid"),
    "payments.fail_refund": _("A refund failed"),
    "payments.finish_refund": _("A refund was completed"),
    "payments.import_refund": _("Took over a refund made at the payment service"),
    "payments.place_order": _("Placed an order"),
    "payments.raise_task": _("Raised a money task"),
    "payments.record_payment": _("Recorded a payment"),
    "payments.reject_refund": _("Rejected a refund"),
    "payments.request_refund": _("Requested a refund"),
    "payments.resolve_task": _("Resolved a money task"),
    "payments.send_refund": _("Sent a refund"),
    "payments.settle": _("Settled an order"),
    "payments.start_card_payment": _("Started a card payment"),
    "payments.try_again": _("Opened an order for another attempt"),
    # research
    "research.change_report": _("Changed a report"),
    "research.create_report": _("Made a report"),
    "research.download_report": _("Downloaded a report"),
    "research.publish_report": _("Published a report"),
    "research.withdraw_report": _("Withdrew a report"),
}


def words_of(verb: str) -> Promise | str:
    """A verb of a release that recorded what this one does not is shown as it was written."""
    return VERBS.get(verb, verb)
