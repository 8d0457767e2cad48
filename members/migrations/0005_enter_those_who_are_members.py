"""Members from before the register was kept here get their lines: joined, and left."""

from django.db import migrations


def enter(apps, schema_editor):
    entries = apps.get_model("members", "RegisterEntry").objects
    members = apps.get_model("members", "Member").objects
    for member in members.exclude(number=None).exclude(joined_on=None).iterator():
        line = {
            "member": member,
            "tier_id": member.tier_id,
            "branch_id": member.branch_id,
            "number": member.number,
            "name": member.name,
            "representative": member.organisation.representative if member.organisation else "",
            "joined_on": member.joined_on,
            "reason": "전산 등록부 개설",
        }
        entries.create(kind="joined", on=member.joined_on, status="active", ended_on=None, **line)
        if member.ended_on:
            entries.create(
                kind=member.status,
                on=member.ended_on,
                status=member.status,
                ended_on=member.ended_on,
                **line,
            )


class Migration(migrations.Migration):
    dependencies = [("members", "0004_append_only")]
    operations = [migrations.RunPython(enter, migrations.RunPython.noop)]
