"""Filters that only documents need."""

from django import template

from kosna.core.korean import hangul_amount

register = template.Library()


@register.filter
def in_words(won: int) -> str:
    """300000 → "금 삼십만원정"."""
    return hangul_amount(won)
