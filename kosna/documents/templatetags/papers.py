"""Filters that only documents and mails need."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import template

from kosna.core.korean import hangul_amount
from kosna.documents.rendering import revive

register = template.Library()


@register.filter
def in_words(won: int) -> str:
    """300000 → "금 삼십만원정"."""
    return hangul_amount(won)


@register.filter
def supply(facts: Mapping[str, Any]) -> int:
    """Of a frozen line, or of a whole paper: what its won are without their VAT."""
    return facts.get("amount", facts.get("total", 0)) - facts.get("vat", 0)


@register.filter
def instant(frozen: str) -> date:
    """A day or an instant that was frozen as ISO text."""
    return revive(frozen)
