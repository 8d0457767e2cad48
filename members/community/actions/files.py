"""Files below a post. What arrives here was checked by its content (``kosna.core.uploads``)."""

from django.db import transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core.errors import Refused
from kosna.core.uploads import Checked
from members.community.models import Attachment, Post

MOST_FILES = 5


@transaction.atomic
def attach_file(post: Post, *, upload: Checked, by: User) -> Attachment:
    """Raises Refused where a post has its files already."""
    Post.objects.select_for_update().get(pk=post.pk)
    if post.attachments.count() >= MOST_FILES:
        raise Refused(_("A post has at most %(n)s files.") % {"n": MOST_FILES}, field="upload")
    row = Attachment(
        post=post,
        file_name=upload.display_name,
        content_type=upload.content_type,
        size=len(upload.content),
        added_by=by,
    )
    row.file.save(upload.display_name, upload.file(), save=False)
    row.save()
    audit.record("community.attach_file", post, by=by, file=upload.display_name)
    return row


@transaction.atomic
def remove_file(row: Attachment, *, by: User) -> None:
    """Its bytes go when the row is gone for good."""
    drop_file(row)
    audit.record("community.remove_file", row.post, by=by, file=row.file_name)


def drop_file(row: Attachment) -> None:
    storage, name = row.file.storage, str(row.file.name)
    row.delete()
    transaction.on_commit(lambda: storage.delete(name))
