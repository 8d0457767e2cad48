"""Former members may apply again; who was expelled is barred for some years and then held, until
the head office decides with the expulsion before its eyes."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from kosna.core.clock import years_after
from members.models import Application, Member


def expulsions_of(application: Application) -> QuerySet[Member]:
    """Expelled memberships of the person or organisation that applies, the latest first: found by
    account, by name and phone, or by business number."""
    same = Q(user=application.applicant_id)
    if application.phone:
        same |= Q(user__name=application.name, user__phone=application.phone)
    if application.business_number:
        same |= Q(organisation__business_number=application.business_number)
    return Member.objects.filter(same, status=Member.Status.EXPELLED).order_by("-ended_on", "-pk")


def with_expulsion(applications: QuerySet[Application]) -> QuerySet[Application]:
    """Annotates ``is_held``, as ``expulsions_of`` finds row by row."""
    expelled = Member.objects.filter(status=Member.Status.EXPELLED)
    person = Q(user=OuterRef("applicant")) | (
        Q(user__name=OuterRef("name"), user__phone=OuterRef("phone")) & ~Q(user__phone="")
    )
    # Nobody's business number is empty, so an empty one finds nothing.
    company = Q(organisation__business_number=OuterRef("business_number"))
    return applications.annotate(is_held=Exists(expelled.filter(person | company)))


def barred_until(application: Application) -> date | None:
    """The day from which who was expelled may apply for this tier again; None: nobody was."""
    expulsion = expulsions_of(application).first()
    if expulsion is None or expulsion.ended_on is None:
        return None
    return years_after(expulsion.ended_on, application.tier.barred_years)
