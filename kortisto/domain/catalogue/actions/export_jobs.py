"""Ask for an export that a worker writes."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from types import MappingProxyType
from typing import Final

from django.db import transaction

from kortisto.core.actors import Actor
from kortisto.core.jobs import enqueue
from kortisto.core.models import Job
from kortisto.domain.catalogue.actions.importing import Asker
from kortisto.domain.catalogue.marc.sources import Format
from kortisto.domain.catalogue.permissions import CataloguePermission

EXPORT_JOB: Final = "catalogue.export"
ENDINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        Format.ISO2709.value: ".mrc",
        Format.MARCXML.value: ".xml",
        Format.JSONL.value: ".jsonl",
    }
)


@transaction.atomic
def ask_for_export(form: Format, *, by: Actor, now: datetime) -> Job:
    """Let a worker write every record with its items to a packed file."""
    by.require(CataloguePermission.EXPORT)
    asker = Asker(by.kind.value, by.id, by.library_id)
    arguments = {"form": form.value, "asked_by": asdict(asker)}
    return enqueue(EXPORT_JOB, arguments, by=by, run_after=now, max_attempts=3)
