"""What is owed of dues though nobody has ordered them yet, for the treasurer's page
(``kosna.payments.treasury``)."""

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.branches.models import Scope
from kosna.core import clock
from kosna.payments.treasury import Figure
from members.models import Balance

VIEW_DUES = "members.view_dues"


def dues_owed(user: User) -> list[Figure]:
    """Dues that were charged and are not paid, by their year, the latest first; each figure is what
    the list of dues shows of it. One statement."""
    if not Scope.of(user, VIEW_DUES):
        return []
    rows = Balance.objects.permitted(user, VIEW_DUES).filter(open__gt=0).order_by("-year")
    this_year = clock.today().year
    return [
        Figure(
            _("Dues of %(year)s") % {"year": year},
            reverse("members_staff:dues") + f"?year={year}&state=open",
            count=count,
            won=won,
            tone="warning" if year < this_year else "",
        )
        for year, count, won in rows.values_list("year").annotate(Count("pk"), Sum("open"))
    ]
