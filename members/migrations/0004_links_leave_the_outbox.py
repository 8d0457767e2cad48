"""Links to an account and to the register stood in the outbox in the clear. That a mail was sent
stays; a mail that is still to go gets its link from a seed, as new ones do."""

import hashlib

from django.db import migrations

from kosna.core import tokens

LEFT_OUT = "…"


def take_out(apps, editor):
    messages = apps.get_model("mail", "Message").objects
    claims = apps.get_model("members", "Claim").objects
    inspections = apps.get_model("members", "Inspection").objects
    rows = messages.filter(template__in=("member_invitation", "inspection_granted"))
    for row in rows.iterator(chunk_size=500):
        url = row.context.get("url")
        if not isinstance(url, str) or url == LEFT_OUT:
            continue
        secret = url.rstrip("/").rsplit("/", 1)[-1]
        instead = LEFT_OUT
        if row.status != "sent":
            if row.template == "member_invitation":
                seed = tokens.new_seed()
                old, new = (hashed(text) for text in (secret, tokens.token(seed)))
                if claims.filter(token_hash=old).update(token_hash=new):
                    instead = {"secret": "claim_link", "seed": seed}
            elif pk := inspections.filter(secret=secret).values_list("pk", flat=True).first():
                instead = {"secret": "inspection_link", "seed": str(pk)}
        row.context = {**row.context, "url": instead}
        row.text = row.text.replace(url, LEFT_OUT)
        row.save(update_fields=["context", "text"])


def hashed(token):
    return hashlib.sha256(token.encode()).hexdigest()


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0003_exchange_and_directory"),
        ("mail", "0001_squashed"),
    ]
    operations = [migrations.RunPython(take_out, migrations.RunPython.noop, elidable=True)]
