"""The library that every component registers in, and what several of them share."""

from django import template
from django.utils.safestring import mark_safe

register = template.Library()

#: The hues that a component may take; each says its meaning in words as well.
TONES = ("plain", "info", "action", "accent", "good", "warning", "danger")
NOTHING = mark_safe("")
