"""Where an event is held that is not, or not only, in a room. Kept apart from the event, so that no
page, file or calendar that shows the event can carry the link by accident."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.events import Event
from kosna.core.models import localized


class OnlineRoom(models.Model):
    """The link of an event, for those whose place is confirmed (``events.online``)."""

    event = models.OneToOneField(
        Event, models.CASCADE, primary_key=True, related_name="online_room"
    )
    url = models.URLField(_("link"), max_length=500)
    note_ko = models.CharField(_("note in Korean"), max_length=300, blank=True)
    note_en = models.CharField(_("note in English"), max_length=300, blank=True)

    note = localized("note")

    class Meta:
        verbose_name = _("online room")
        verbose_name_plural = _("online rooms")

    def __str__(self) -> str:
        return f"online room of {self.event_id}"  # never the link itself


class LinkMail(models.Model):
    """That a link went to the holder of a ticket. By the ticket's secret: who takes one over is
    another holder, and is told anew."""

    room = models.ForeignKey(OnlineRoom, models.CASCADE, related_name="mails")
    secret = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "secret"], name="link_mailed_once")]

    def __str__(self) -> str:
        return f"link of {self.room_id}"
