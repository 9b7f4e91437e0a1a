"""Seal what is there anew, by digests of its content that may be taken out later.

What the chain said until now is verified first: the note that this leaves in the log
(``ChainResealed``) tells how many links were broken already, and the last digest, which
can be compared with copies of the process log. The forms are frozen here: whatever
becomes of them later, this is how the chains of then were written.
"""

import json
from collections.abc import Iterable
from datetime import UTC
from hashlib import sha256
from secrets import token_bytes
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, migrations, models
from django.db.models import Q
from django.utils import timezone

LOCAL = ZoneInfo("Europe/Helsinki")
GENESIS = "0" * 64
MARKS_AT_ONCE = 200


def seal_anew(apps: Any, _schema: Any) -> None:
    Event, Seal = apps.get_model("core", "LoggedEvent"), apps.get_model("core", "Seal")
    mark = apps.get_model("core", "SealedContent")
    previous, old_end, broken, seals, events = GENESIS, GENESIS, 0, 0, 0
    last_id = 0
    while link := Seal.objects.filter(id__gt=last_id).order_by("id").first():
        last_id = link.id
        rows = list(_covered(Event, link))
        was_whole = link.previous_digest == old_end and link.digest == _old_digest(
            link.previous_digest, rows
        )
        broken += not was_whole
        old_end = link.digest
        salts = [token_bytes(16) for _row in rows]
        mark.objects.bulk_create(
            [mark(event_id=row.id, salt=salt) for row, salt in zip(rows, salts)],
            batch_size=MARKS_AT_ONCE,
        )
        link.previous_digest = previous
        link.digest = previous = _new_digest(previous, zip(rows, salts))
        link.save(update_fields=["previous_digest", "digest"])
        seals, events = seals + 1, events + len(rows)
    if seals:
        Event.objects.create(
            kind="ChainResealed",
            body={
                "seals": seals,
                "events": events,
                "broken": broken,
                "old_digest": old_end,
            },
            actor="job",
            channel="job",
            happened_at=timezone.now(),
        )


def _covered(model: Any, link: Any) -> Any:
    """The events of one seal in the order of reading."""
    if connection.vendor == "postgresql":
        inside = "(txid, id) >= (%s, %s) AND (txid, id) <= (%s, %s)"
        bounds = [
            link.first_txid,
            link.first_event_id,
            link.last_txid,
            link.last_event_id,
        ]
        order = "txid, id"
    else:
        inside, order = "id >= %s AND id <= %s", "id"
        bounds = [link.first_event_id, link.last_event_id]
    return model.objects.raw(
        f"SELECT * FROM event WHERE {inside} ORDER BY {order}",  # noqa: S608
        bounds,
    )


def _canonical(facts: dict[str, Any]) -> bytes:
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def _moment(row: Any) -> str:
    return str(row.happened_at.astimezone(UTC).isoformat(timespec="microseconds"))


def _old_digest(previous: str, rows: Iterable[Any]) -> str:
    digest = sha256(previous.encode())
    for row in rows:
        facts = {
            "txid": row.txid,
            "id": row.id,
            "kind": row.kind,
            "body": row.body,
            "actor": row.actor,
            "unit_id": row.unit_id,
            "channel": row.channel,
            "patron_id": row.patron_id,
            "happened_at": _moment(row),
        }
        digest.update(b"\n" + _canonical(facts))
    return digest.hexdigest()


def _new_digest(previous: str, salted: Iterable[tuple[Any, bytes]]) -> str:
    digest = sha256(previous.encode())
    for row, salt in salted:
        what = sha256(_own(salt, b"what") + _canonical({"body": row.body}))
        facts = {
            "actor": row.actor,
            "patron_id": row.patron_id,
            "happened_at": _moment(row),
        }
        who = sha256(_own(salt, b"who") + _canonical(facts))
        stays = {
            "txid": row.txid,
            "id": row.id,
            "kind": row.kind,
            "unit_id": row.unit_id,
            "channel": row.channel,
            "day": row.happened_at.astimezone(LOCAL).date().isoformat(),
        }
        digest.update(b"\n" + _canonical(stays))
        digest.update(f"{what.hexdigest()}{who.hexdigest()}".encode())
    return digest.hexdigest()


def _own(salt: bytes, part: bytes) -> bytes:
    return sha256(salt + part).digest()[:16]


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0003_audit_by_time"),
    ]

    operations = [
        migrations.CreateModel(
            name="SealedContent",
            fields=[
                ("event_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("salt", models.BinaryField(null=True)),
                ("who_salt", models.BinaryField(null=True)),
                ("what_digest", models.BinaryField(null=True)),
                ("who_digest", models.BinaryField(null=True)),
                ("taken_out_at", models.DateTimeField(null=True)),
                (
                    "why",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("forgotten", "Forgotten"),
                            ("erased", "Erased"),
                            ("archived", "Archived"),
                        ],
                        max_length=20,
                    ),
                ),
                ("told_by", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "sealed_content",
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(salt__isnull=False)
                        ^ Q(what_digest__isnull=False, taken_out_at__isnull=False),
                        name="content_that_is_taken_out_leaves_its_digest",
                    )
                ],
            },
        ),
        migrations.RunPython(seal_anew, migrations.RunPython.noop),
    ]
