"""Running an event: its words, its tickets with prices and opening times, what is left of it."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import Model, Q, QuerySet
from django.forms import inlineformset_factory, modelformset_factory
from django.utils.translation import gettext_lazy as _

from events.ladders import BY_DAYS, BY_PROGRESS, Ladder, ladder_of
from events.models import Event, Question, Registration, Ticket, TicketPrice
from kosna.accounts.models import User
from kosna.branches.models import Branch
from kosna.core import clock
from kosna.core.uploads import CheckedFileField
from members.models import Meeting, Tier

# 수료 is usually four of five sessions (domain.md §3.2).
COURSE_PERCENT = 80


class LocalDateTimeInput(forms.DateTimeInput):
    """The browser's own picker; what is typed is Korean time."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class StaffEventFilter(forms.Form):
    q = forms.CharField(label=_("Title"), required=False, max_length=100)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("", _("All kinds")), *Event.Kind.choices], required=False
    )
    branch = forms.ModelChoiceField(
        Branch.objects.all(),
        label=_("Branch"),
        to_field_name="code",
        empty_label=_("All branches"),
        required=False,
    )
    status = forms.ChoiceField(
        label=_("Status"), choices=[("", _("Any status")), *Event.Status.choices], required=False
    )
    past = forms.BooleanField(label=_("Past events"), required=False)
    asked = forms.BooleanField(label=_("Requests for places to decide"), required=False)


class RegistrationFilter(forms.Form):
    q = forms.CharField(
        label=_("Name, affiliation, e-mail or door code"), required=False, max_length=100
    )
    status = forms.ChoiceField(
        label=_("Status"),
        choices=[
            ("", _("Any status")),
            *Registration.Status.choices,
            ("came", _("Came")),
            ("paid", _("Paid")),
            ("refunded", _("Refunded")),
        ],
        required=False,
    )
    ticket = forms.ModelChoiceField(
        Ticket.objects.none(), label=_("Ticket"), empty_label=_("All tickets"), required=False
    )
    tier = forms.ChoiceField(label=_("Tier"), required=False)
    home = forms.ChoiceField(label=_("The buyer's branch"), required=False)

    def __init__(
        self, *args: Any, event: Event, tickets: Sequence[Ticket] = (), **kwargs: Any
    ) -> None:
        """``tickets``: those of the event, where they are at hand already. Tier and home are asked
        by who comes from the event's numbers, and stand there for them alone."""
        super().__init__(*args, **kwargs)
        if self.data.get("tier"):
            tiers = [(tier.code, tier.name) for tier in Tier.objects.all()]
            self.fields["tier"].choices = [("", _("All tiers")), ("-", _("No membership")), *tiers]
        else:
            del self.fields["tier"]
        if self.data.get("home"):
            homes = [(branch.code, branch.name) for branch in Branch.objects.all()]
            self.fields["home"].choices = [("", _("All branches")), ("-", _("No branch")), *homes]
        else:
            del self.fields["home"]
        field = self.fields["ticket"]
        field.queryset = event.tickets.all()
        if tickets:
            named = [(ticket.pk, ticket.name) for ticket in tickets]
            field.choices = [("", field.empty_label), *named]


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), min_length=2, max_length=200)


class EventForm(forms.ModelForm):
    full_refund_days = forms.IntegerField(
        label=_("Full refund until this many days before"),
        min_value=0,
        max_value=365,
        initial=7,
        help_text=_(
            "Not for courses and classes of several days: what those give back, the law says."
        ),
    )
    half_refund_days = forms.IntegerField(
        label=_("Half refund until this many days before"), min_value=0, max_value=365, initial=3
    )

    @property
    def ladders(self) -> list[tuple[Any, Ladder]]:
        """What the kinds of events give back, in words; of an event, what its own kind does."""
        if self.instance.pk:
            return [(_("This event"), self.instance.ladder)]
        return [
            (_("Courses and classes of several days, by law"), ladder_of(BY_PROGRESS)),
            (_("Other kinds, unless changed here"), ladder_of(BY_DAYS)),
        ]

    class Meta:
        model = Event
        fields = (
            "slug",
            "kind",
            "meeting",
            "branch",
            "title_ko",
            "title_en",
            "summary_ko",
            "summary_en",
            "description_ko",
            "description_en",
            "starts_at",
            "ends_at",
            "registration_ends_at",
            "venue_ko",
            "venue_en",
            "address_ko",
            "address_en",
            "offer_hours",
            "gives_certificate",
            "attendance_percent",
        )
        widgets = {
            "starts_at": LocalDateTimeInput(),
            "ends_at": LocalDateTimeInput(),
            "registration_ends_at": LocalDateTimeInput(),
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].queryset = Branch.objects.permitted(user, "events.change_event")
        self.fields["meeting"].queryset = _meetings_for(user, self.instance)
        self.fields["meeting"].empty_label = _("None")
        self.fields["meeting"].help_text = _(
            "Of a members' meeting: registration is for those on its roll, and its own door keeps "
            "the record of who is present."
        )
        self.fields["offer_hours"].required = False
        self.fields["attendance_percent"].required = False
        if not self.instance.pk:
            self.initial["attendance_percent"] = None
        if self.instance.pk:
            ladder = {percent: days for days, percent in self.instance.refund_policy}
            self.initial["full_refund_days"] = ladder.get(100, 0)
            self.initial["half_refund_days"] = ladder.get(50, 0)

    def clean_offer_hours(self) -> int:
        """Left empty, what it was: a day, for a new event."""
        return self.cleaned_data["offer_hours"] or self.instance.offer_hours

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"]
        if slug in ("new", "archive", "export"):
            raise forms.ValidationError(_("This address is taken by the portal itself."))
        return slug

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        full, half = data.get("full_refund_days"), data.get("half_refund_days")
        if full is not None and half is not None:
            if half > full:
                self.add_error("half_refund_days", _("The half refund ends after the full one."))
            self.instance.refund_policy = [[full, 100], [half, 50]]
        starts_at, ends_at = data.get("starts_at"), data.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", _("An event ends after it starts."))
        if data.get("meeting") and data.get("kind") != Event.Kind.MEETING:
            self.add_error("meeting", _("Only a members' meeting belongs to a general meeting."))
        if data.get("attendance_percent") is None:
            is_course = data.get("kind") == Event.Kind.COURSE
            data["attendance_percent"] = COURSE_PERCENT if is_course else 0
        return data


def _meetings_for(user: User, event: Event) -> QuerySet[Meeting]:
    """Those that are still to come, without an event of their own, of branches where this person
    runs events; and the one that it has."""
    branches = Branch.objects.permitted(user, "events.change_event")
    coming = Q(status__in=[Meeting.Status.DRAFT, Meeting.Status.CALLED], event=None)
    found = Meeting.objects.filter(coming | Q(pk=event.meeting_id), branch__in=branches)
    return found.order_by("-starts_at")


class TicketForm(forms.ModelForm):
    class Meta:
        model = Ticket
        fields = (
            "name_ko",
            "name_en",
            "note_ko",
            "note_en",
            "capacity",
            "min_per_order",
            "max_per_order",
            "max_per_person",
            "day",
            "vat_class",
            "needs_approval",
            "hours_to_pay",
            "is_on_sale",
            "is_hidden",
            "sort",
        )
        widgets = {"day": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        help_texts = {"day": _("Empty: on every day of the event.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["min_per_order"].required = False
        self.fields["hours_to_pay"].required = False

    def clean_day(self) -> date | None:
        day, event = self.cleaned_data["day"], self.instance.event
        if day and not event.first_day <= day <= clock.kst_date(event.ends_at):
            raise forms.ValidationError(_("The event is not held on this day."))
        # Whoever has one was told its day, and may have signed up for sessions of that day.
        if day and day != self.instance.day and self.instance.taken:
            raise forms.ValidationError(
                _("%(taken)s of them are sold or held: make another ticket for that day.")
                % {"taken": self.instance.taken}
            )
        return day

    def clean_min_per_order(self) -> int:
        return self.cleaned_data["min_per_order"] or 1

    def clean_hours_to_pay(self) -> int:
        """Left empty, what it was: three days, for a new ticket."""
        return self.cleaned_data["hours_to_pay"] or self.instance.hours_to_pay

    def clean_capacity(self) -> int:
        capacity = self.cleaned_data["capacity"]
        gone = self.instance.taken + self.instance.blocked
        if capacity < gone:
            raise forms.ValidationError(
                _("%(taken)s seats are already taken or kept for vouchers.") % {"taken": gone}
            )
        return capacity

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        fewest, most = data.get("min_per_order"), data.get("max_per_order")
        one_person = data.get("max_per_person")
        if fewest is not None and most is not None and fewest > most:
            self.add_error("min_per_order", _("Not more than the most in one order."))
        elif fewest is not None and one_person is not None and one_person < fewest:
            self.add_error("max_per_person", _("Not fewer than the fewest for one buyer."))
        return data


TicketFormSet = inlineformset_factory(Event, Ticket, form=TicketForm, extra=1)


def offer(field: Any, rows: Iterable[Model]) -> None:
    """Choices that were read once for all forms of a page; what is sent is looked up as always."""
    named = [(row.pk, str(row)) for row in rows]
    field.choices = named if field.empty_label is None else [("", field.empty_label), *named]


class TicketPriceForm(forms.ModelForm):
    class Meta:
        model = TicketPrice
        fields = ("ticket", "tier", "amount", "until")
        labels = {"ticket": _("Ticket")}
        widgets = {"until": LocalDateTimeInput()}

    def __init__(
        self, *args: Any, event: Event, tickets: list[Ticket], tiers: list[Tier], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ticket"].queryset = event.tickets.all()
        self.fields["tier"].empty_label = _("Everyone")
        offer(self.fields["ticket"], tickets)
        offer(self.fields["tier"], tiers)


TicketPriceFormSet = modelformset_factory(
    TicketPrice, form=TicketPriceForm, extra=2, can_delete=True
)


class MaterialForm(forms.Form):
    """A file of an event, and for whom it is."""

    title_ko = forms.CharField(label=_("Title in Korean"), max_length=160)
    title_en = forms.CharField(label=_("Title in English"), max_length=160, required=False)
    upload = CheckedFileField(label=_("File"), help_text=_("PDF, JPEG or PNG, at most 10 MB."))
    is_public = forms.BooleanField(label=_("Open to everyone"), required=False)
    for_those_who_came = forms.BooleanField(
        label=_("For those who came"), required=False, initial=True
    )
    tiers = forms.ModelMultipleChoiceField(
        Tier.objects.all(),
        label=_("For members of these tiers"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("While their membership gives them the right to read reports."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not (data.get("is_public") or data.get("for_those_who_came") or data.get("tiers")):
            self.add_error("for_those_who_came", _("Say for whom this file is."))
        return data


class QuestionForm(forms.ModelForm):
    class Meta:
        model = Question
        fields = (
            "kind",
            "text_ko",
            "text_en",
            "choices_ko",
            "choices_en",
            "is_required",
            "sort",
        )
        widgets = {
            "choices_ko": forms.Textarea({"rows": 3}),
            "choices_en": forms.Textarea({"rows": 3}),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") == Question.Kind.CHOICE:
            korean, english = (
                [line for line in data.get(f"choices_{language}", "").splitlines() if line.strip()]
                for language in ("ko", "en")
            )
            if len(korean) < 2:
                self.add_error("choices_ko", _("Name two choices or more, one a line."))
            if english and len(english) != len(korean):
                self.add_error("choices_en", _("As many as in Korean, in the same order."))
        return data


QuestionFormSet = inlineformset_factory(Event, Question, form=QuestionForm, extra=2)
