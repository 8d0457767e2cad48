"""What staff type of a programme: rooms and tracks, who speaks, what is when, a version's note."""

from typing import Any

from django import forms
from django.forms import inlineformset_factory
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.forms.desk import LocalDateTimeInput
from events.models import DraftSession, Event, Room, Speaker, Track
from events.programme import clashes_of
from kosna.accounts.models import User
from kosna.core import clock
from kosna.core.templatetags.ui import kdate
from kosna.core.uploads import CheckedFileField

RoomFormSet = inlineformset_factory(
    Event, Room, fields=("name_ko", "name_en", "capacity", "sort"), extra=2
)
TrackFormSet = inlineformset_factory(
    Event, Track, fields=("name_ko", "name_en", "colour", "sort"), extra=2
)


class DraftSessionForm(forms.ModelForm):
    class Meta:
        model = DraftSession
        fields = (
            "starts_at",
            "ends_at",
            "room",
            "track",
            "title_ko",
            "title_en",
            "speakers",
            "abstract_ko",
            "abstract_en",
            "capacity",
            "is_break",
        )
        widgets = {
            "starts_at": LocalDateTimeInput(),
            "ends_at": LocalDateTimeInput(),
            "speakers": forms.CheckboxSelectMultiple(),
            "abstract_ko": forms.Textarea({"rows": 4}),
            "abstract_en": forms.Textarea({"rows": 4}),
        }
        help_texts = {"is_break": _("Coffee, lunch: nobody speaks, and no roll is called.")}

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.event = event
        for name, rows, nothing in (
            ("room", event.rooms.all(), _("No room")),
            ("track", event.tracks.all(), _("No track")),
        ):
            self.fields[name].queryset = rows
            self.fields[name].empty_label = nothing
        self.fields["speakers"].queryset = event.speakers.all()
        if not self.fields["speakers"].queryset.exists():
            self.fields["speakers"].help_text = _("The event names no speakers yet.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts_at, ends_at = data.get("starts_at"), data.get("ends_at")
        if starts_at and ends_at:
            self._refuse_times(starts_at, ends_at)
        elif not self.errors and (starts_at or ends_at or self.instance.session):
            missing = "ends_at" if starts_at else "starts_at"
            self.add_error(missing, _("A published session needs both times; a new one may wait."))
        if data.get("is_break") and data.get("speakers"):
            self.add_error("speakers", _("Nobody speaks in a break."))
        self._refuse_capacity(data)
        if not self.errors and starts_at:
            self._refuse_clashes(data)
        return data

    def _refuse_times(self, starts_at: Any, ends_at: Any) -> None:
        if ends_at <= starts_at:
            self.add_error("ends_at", _("A session ends after it starts."))
        event = self.instance.event
        if event.series.exists():  # it lasts as long as its class does
            return
        first, last = event.first_day, clock.kst_date(event.ends_at)
        days = {"first": kdate(first), "last": kdate(last)}
        for name, at in (("starts_at", starts_at), ("ends_at", ends_at)):
            if not first <= clock.kst_date(at) <= last:
                self.add_error(
                    name,
                    gettext("The event is held on %(first)s.") % days
                    if first == last
                    else gettext("The event lasts from %(first)s to %(last)s.") % days,
                )

    def _refuse_capacity(self, data: dict[str, Any]) -> None:
        room, capacity = data.get("room"), data.get("capacity")
        session = self.instance.session
        if session and capacity is not None and capacity < session.taken:
            self.add_error(
                "capacity", gettext("%(n)s people signed up already.") % {"n": session.taken}
            )
        if capacity and room and room.capacity and capacity > room.capacity:
            self.add_error(
                "capacity",
                gettext("%(room)s holds %(n)s people.") % {"room": room, "n": room.capacity},
            )

    def _refuse_clashes(self, data: dict[str, Any]) -> None:
        """Shown where they can be mended: at the room, or at the speakers."""
        for name in ("starts_at", "ends_at", "room"):
            setattr(self.instance, name, data[name])
        for clash in clashes_of(self.instance, data["speakers"]):
            self.add_error(clash.field, clash.reason)


class SpeakerForm(forms.ModelForm):
    account = forms.EmailField(
        label=_("Account of this portal"),
        required=False,
        help_text=_("The e-mail address with which they sign in here. Not needed to speak."),
    )
    upload = CheckedFileField(
        label=_("Photo"),
        kinds=("jpeg", "png"),
        required=False,
        help_text=_("JPEG or PNG, at most 10 MB. It is cut to a square."),
    )
    without_photo = forms.BooleanField(label=_("Take the photo away"), required=False)

    class Meta:
        model = Speaker
        fields = (
            "name_ko",
            "name_en",
            "role_ko",
            "role_en",
            "about_ko",
            "about_en",
            "email",
        )
        widgets = {
            "about_ko": forms.Textarea({"rows": 4}),
            "about_en": forms.Textarea({"rows": 4}),
        }
        help_texts = {
            "email": _("For mail about their sessions; shown to staff only."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.user:
            self.initial["account"] = self.instance.user.email
        if not self.instance.photo:
            del self.fields["without_photo"]

    def clean_account(self) -> str:
        address = self.cleaned_data["account"]
        user = User.objects.filter(email__iexact=address, is_active=True).first()
        if address and user is None:
            raise forms.ValidationError(
                _("Nobody signs in with this address. Leave it empty and give an e-mail instead.")
            )
        others = Speaker.objects.filter(event=self.instance.event_id).exclude(pk=self.instance.pk)
        if user and (other := others.filter(user=user).first()):
            raise forms.ValidationError(
                _("%(name)s speaks at this event with this account already.") % {"name": other}
            )
        self.instance.user = user
        return address


class VersionForm(forms.Form):
    note_ko = forms.CharField(
        label=_("What readers should know, in Korean"),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Stands above the list of changes, on the page and in the mail."),
    )
    note_en = forms.CharField(
        label=_("What readers should know, in English"),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
