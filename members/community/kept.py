"""What becomes of what somebody wrote on the boards when their account is closed. It stood among
the words of others, and stays without a name; whoever does not want that takes it away first."""

from kosna.accounts.models import User
from kosna.accounts.retention import AT_ONCE, RECORD, Fate, on_closing, rule
from members.community.models import Contributor, WeeklyMail


def tell() -> None:
    rule(Fate.THINS, RECORD, "exchange_posts", "exchange_comments")
    rule(Fate.STAYS, RECORD, "exchange_files", "exchange_reports")
    rule(Fate.GOES, AT_ONCE, "contributor", "weekly_mail")
    on_closing(_erase)


def _erase(user: User) -> None:
    Contributor.objects.filter(user=user).delete()
    WeeklyMail.objects.filter(user=user).delete()
