"""Selects are drawn in Python, exactly as Django's templates would draw them."""

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.test.html import parse_html
from django.utils.safestring import mark_safe

from kosna.core.form_renderer import FormRenderer

CHOICES = [
    ("", "모두"),
    ("<a>", "<b>굵게</b> & 더"),
    (3, mark_safe("<i>안전</i>")),
    (None, "없음"),
    ("지부", [("busan", "부산"), ('"daegu"', "대구")]),
]


@pytest.mark.parametrize("value", ["", "<a>", 3, "busan", None, "unknown"])
@pytest.mark.parametrize("attrs", [{}, {"id": "id_x", "required": True, "hidden": False}])
@pytest.mark.parametrize("widget", [forms.Select, forms.SelectMultiple])
def test_select_is_as_django_draws_it(widget, attrs, value):
    field = widget(choices=CHOICES, attrs={"data-x": '"<&'})
    chosen = [value] if widget is forms.SelectMultiple else value

    ours = field.render("name", chosen, attrs, renderer=FormRenderer())
    theirs = field.render("name", chosen, attrs, renderer=DjangoTemplates())

    assert parse_html(ours) == parse_html(theirs)
    assert ours.count("<option") == 6


def test_dashes_become_words():
    select = forms.Select(choices=[("", "---------"), ("a", "가")])

    assert "선택해 주십시오" in select.render("name", "", renderer=FormRenderer())
