"""What /staff/components/ shows: one of everything, made up, nothing from the database."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from kosna.core import clock, tilemap


class SpecimenForm(forms.Form):
    """Every kind of field; shown refused, so that the errors can be seen too."""

    name = forms.CharField(label=gettext_lazy("Name"))
    email = forms.EmailField(label=gettext_lazy("E-mail"))
    tier = forms.ChoiceField(
        label=gettext_lazy("Membership"),
        widget=forms.RadioSelect,
        choices=[("regular", gettext_lazy("Regular members")), ("none", gettext_lazy("Members"))],
    )
    branch = forms.ChoiceField(
        label=gettext_lazy("Branches"),
        required=False,
        choices=[("seoul", gettext_lazy("Seoul")), ("busan", gettext_lazy("Busan"))],
    )
    document = forms.FileField(label=gettext_lazy("Download"), required=False)
    agreed = forms.BooleanField(label=gettext_lazy("Terms of use"))


@dataclass
class SpecimenRow:
    number: str
    name: str
    at: datetime
    amount: int
    status: str
    status_tone: str

    def get_status_display(self) -> str:
        return self.status


@dataclass
class SpecimenBranch:
    code: str
    status: str


def specimens() -> dict[str, Any]:
    """The context of `staff/components.html`."""
    now = clock.now()
    states = {"hq": "open", "seoul": "open", "busan": "open", "ulsan": "preparing"}
    sprite = Path(settings.BASE_DIR / "static" / "icons.svg").read_text(encoding="utf-8")
    return {
        "form": SpecimenForm({"email": "x"}),
        "step_names": [
            _("Membership"),
            _("Form"),
            pgettext("application status", "Received"),
            _("Approved"),
        ],
        "rows": [
            SpecimenRow("2026-0142", "김하늘", now, 200_000, _("In review"), "info"),
            SpecimenRow("2026-0141", "남궁현", now, 1_300_000, _("Revision requested"), "warning"),
            SpecimenRow("2026-0139", "Maria Santos", now, 30_000, _("Approved"), "good"),
        ],
        "soon": now + timedelta(days=3, hours=2),
        "seeds": ["one", "two", "three", "four"],
        "branches": [SpecimenBranch(code, states.get(code, "planned")) for code in tilemap.PLACES],
        "icon_names": re.findall(r'symbol id="([\w-]+)"', sprite),
        "page": Paginator(range(400), 20).page(7),
    }
