from django.db import migrations


def tell(apps, schema_editor):
    """Papers that were issued before say whose they are and on which paid days they stand, and
    their keys name the language."""
    Document = apps.get_model("documents", "Document")
    Period = apps.get_model("members", "Period")
    Application = apps.get_model("members", "Application")
    for paper in Document.objects.filter(about="").iterator():
        paper.name = (paper.facts.get("name") or paper.facts.get("organisation") or "")[:120]
        kind, _colon, rest = paper.key.partition(":")
        pk = int(rest.split(":")[0]) if kind in ("card", "approval") else None
        periods = Period.objects.filter(pk=pk) if kind == "card" else Period.objects.none()
        if application := kind == "approval" and Application.objects.filter(pk=pk).first():
            periods = Period.objects.filter(line__order=application.order_id)
        if found := list(periods):
            paper.about = f"member:{found[0].member_id}"
            paper.facts["periods"] = [period.pk for period in found]
        if pk:
            paper.key = f"{paper.key}:{paper.language}"
        paper.save(update_fields=["name", "about", "key", "facts"])


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0014_branches_and_tiers_change"),
        ("documents", "0003_papers_of_a_membership"),
    ]

    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
