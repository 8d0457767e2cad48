"""How a payment was made and where it was booked, for people to read."""

from django import template

from kosna.payments.failures import decline_label, failure_label, is_theirs
from kosna.payments.labels import account_label, advice, event_label, method_label

register = template.Library()
register.filter(account_label)
register.filter(advice)
register.filter(event_label)
register.filter(decline_label)
register.filter(failure_label)
register.filter(is_theirs)
register.filter(method_label)
