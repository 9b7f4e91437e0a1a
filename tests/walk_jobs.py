"""Imports of each fate, an export and a job that failed, for tests/walk_stage.py."""

from pathlib import Path
from typing import Any, Final

from django.utils import timezone

from kortisto.core.actors import Actor
from kortisto.core.jobs import enqueue
from kortisto.core.models import Job
from kortisto.core.schedules import sync_schedules
from kortisto.domain.catalogue.actions.export_jobs import ask_for_export
from kortisto.domain.catalogue.actions.importing import ask_for_import, keep_upload
from kortisto.domain.catalogue.marc.sources import Format
from kortisto.domain.catalogue.models import ImportBatch, Record
from kortisto.domain.org.models import Unit
from kortisto.testing.builders import make_item
from kortisto.testing.jobs import work_until_done

MARCXML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<collection xmlns="http://www.loc.gov/MARC21/slim"><record>
<leader>00000cam a22000004i 4500</leader>
<controlfield tag="001">walk42</controlfield>
<datafield tag="245" ind1="1" ind2="0"><subfield code="a">{title}</subfield></datafield>
</record><record><leader>00000cam a22000004i 4500</leader>
<controlfield tag="001">walk77</controlfield></record></collection>"""


def jobs(by: Actor) -> dict[str, Any]:
    """An import of each fate, and an export."""
    now = timezone.now()
    sync_schedules(now)
    for title in ("Kalevala", "Kalevala, toinen painos"):
        work_until_done(import_of(title, by=by))
    report = ImportBatch.objects.latest("pk")
    export = ask_for_export(Format.MARCXML, by=by, now=now)
    work_until_done(export)
    failed = enqueue("catalogue.import", {"paths": ["/gone"], "profile": "default",
                     "asked_by": {}}, by=by, max_attempts=1)  # fmt: skip
    work_until_done(failed)
    waiting = import_of("Kanteletar", by=by)
    record = Record.objects.get(title="Kalevala, toinen painos")
    for _ in range(3):
        make_item(record=record, library=Unit.objects.get(code="MLI"))
    return {
        "batch_id": report.pk,
        "file": Path(report.reject_file).name,
        "export_id": export.pk,
        "import_id": waiting.pk,
        "job_id": failed.pk,
        "record_id": record.pk,
    }


def import_of(title: str, *, by: Actor) -> Job:
    path = keep_upload("kavely.xml", [MARCXML.format(title=title).encode()])
    return ask_for_import([path], by=by, now=timezone.now())
