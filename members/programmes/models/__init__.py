"""Partners and their MOUs, and consulting: the pool of consultants, rounds and requests."""

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
]
