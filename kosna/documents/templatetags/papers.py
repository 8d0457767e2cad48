"""Filters that only documents and mails need."""

from datetime import date

from django import template

from kosna.core.korean import hangul_amount
from kosna.documents.rendering import revive

register = template.Library()


@register.filter
def in_words(won: int) -> str:
    """300000 → "금 삼십만원정"."""
    return hangul_amount(won)


@register.filter
def instant(frozen: str) -> date:
    """A day or an instant that was frozen as ISO text."""
    return revive(frozen)
