"""Partners and their MOUs; consulting: the pool of consultants, rounds and requests; projects."""

from members.programmes.models.consulting import ConsultingRequest, ConsultingRequestQuerySet
from members.programmes.models.partners import Partner, PartnerQuerySet
from members.programmes.models.pool import (
    Consultant,
    ConsultantQuerySet,
    ConsultingField,
    ConsultingRound,
    ConsultingRoundQuerySet,
    Expertise,
)
from members.programmes.models.projects import (
    Project,
    ProjectApplication,
    ProjectApplicationQuerySet,
    ProjectFigure,
    ProjectQuerySet,
)

__all__ = [
    "Consultant",
    "ConsultantQuerySet",
    "ConsultingField",
    "ConsultingRequest",
    "ConsultingRequestQuerySet",
    "ConsultingRound",
    "ConsultingRoundQuerySet",
    "Expertise",
    "Partner",
    "PartnerQuerySet",
    "Project",
    "ProjectApplication",
    "ProjectApplicationQuerySet",
    "ProjectFigure",
    "ProjectQuerySet",
]
