"""How a payment was made, for people to read."""

from django import template

from kosna.payments.labels import method_label

register = template.Library()
register.filter(method_label)
