"""What an event asks of those who register: its own questions on the registration form, and what
they answered. The survey afterwards is another thing (``events.models.after``)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.models.events import Event
from events.models.registrations import Registration
from kosna.core.models import localized
from kosna.payments.models import Order


class FormQuestion(models.Model):
    """A question of the registration form. One that was answered is never changed: it is retired,
    and another is asked."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Words")
        CHOICE = "choice", _("One of several")
        SEVERAL = "several", _("Several of several")
        YES_NO = "yes_no", _("Yes or no")

    class Scope(models.TextChoices):
        ORDER = "order", _("Once an order")
        ATTENDEE = "attendee", _("Of each participant")

    WITH_CHOICES: ClassVar = (Kind.CHOICE, Kind.SEVERAL)

    event = models.ForeignKey(Event, models.PROTECT, related_name="form_questions")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.TEXT)
    scope = models.CharField(_("asked"), max_length=8, choices=Scope, default=Scope.ATTENDEE)
    text_ko = models.CharField(_("question in Korean"), max_length=200)
    text_en = models.CharField(_("question in English"), max_length=200, blank=True)
    choices_ko = models.TextField(
        _("choices in Korean"), blank=True, help_text=_("One a line, two or more.")
    )
    choices_en = models.TextField(
        _("choices in English"), blank=True, help_text=_("In the same order.")
    )
    is_required = models.BooleanField(_("must be answered"), default=False)
    sort = models.PositiveSmallIntegerField(_("place in the list"), default=0)
    # Asked only where another question, of the same scope, was answered so: the number of a choice
    # from 1; of yes or no, 1 for yes and 2 for no.
    only_after = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="followed_by",
        verbose_name=_("only after this question"),
    )
    only_if = models.PositiveSmallIntegerField(
        _("was answered with choice number"),
        null=True,
        blank=True,
        help_text=_("Counted from 1. Yes is 1, no is 2."),
    )
    is_retired = models.BooleanField(_("no longer asked"), default=False)

    text = localized("text")
    choices = localized("choices")

    class Meta:
        verbose_name = _("question of the registration form")
        verbose_name_plural = _("questions of the registration form")
        ordering: ClassVar = ["sort", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(only_after=None, only_if=None)
                | Q(only_after__isnull=False, only_if__isnull=False),
                name="form_question_condition_is_whole",
            )
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def options(self) -> list[tuple[str, str]]:
        """Number and words of each choice, in the reader's language."""
        if self.kind == self.Kind.YES_NO:
            return [("1", gettext("Yes")), ("2", gettext("No"))]
        lines = [line.strip() for line in self.choices.splitlines() if line.strip()]
        return [(str(number), line) for number, line in enumerate(lines, 1)]

    def told(self, value: str) -> str:
        """An answer in the reader's words."""
        if self.kind == self.Kind.TEXT:
            return value
        words = dict(self.options)
        return ", ".join(words.get(number, number) for number in value.split(","))


class FormAnswer(models.Model):
    """What was answered: words, or the numbers of the choices ("1", "1,3")."""

    question = models.ForeignKey(FormQuestion, models.PROTECT, related_name="answers")
    order = models.ForeignKey(Order, models.PROTECT, related_name="form_answers")
    # None: of the order as a whole.
    registration = models.ForeignKey(
        Registration, models.PROTECT, null=True, blank=True, related_name="form_answers"
    )
    value = models.CharField(max_length=1000)

    class Meta:
        verbose_name = _("answer on a registration form")
        verbose_name_plural = _("answers on registration forms")
        constraints = [
            models.UniqueConstraint(
                fields=["question", "registration"], name="form_answer_once_a_place"
            ),
            models.UniqueConstraint(
                fields=["question", "order"],
                condition=Q(registration=None),
                name="form_answer_once_an_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question_id}: {self.registration_id or self.order_id}"
