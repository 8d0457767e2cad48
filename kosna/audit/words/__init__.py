"""What the record's verbs are called by people. Every verb that the code records stands here."""

from django.utils.functional import Promise

from kosna.audit.words import benefits, events, house, members, payments, research

VERBS: dict[str, Promise] = {
    **house.VERBS,
    **members.VERBS,
    **benefits.VERBS,
    **events.VERBS,
    **payments.VERBS,
    **research.VERBS,
}


def words_of(verb: str) -> Promise | str:
    """A verb of a release that recorded what this one does not is shown as it was written."""
    return VERBS.get(verb, verb)
