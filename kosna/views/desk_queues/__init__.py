"""The queues of the desk: which work waits, for whom, and where it is done."""

from kosna.views.desk_queues import content, house, members, money

QUEUES = (*members.QUEUES, *content.QUEUES, *money.QUEUES, *house.QUEUES)
