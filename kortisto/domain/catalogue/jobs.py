"""Work of the catalogue that workers do."""

from pathlib import Path
from typing import Any

from django.conf import settings

from kortisto.core.actors import Actor, ActorKind, Channel
from kortisto.core.jobs import JobContext, PermanentFailure, job
from kortisto.domain.catalogue.actions.export_jobs import ENDINGS, EXPORT_JOB
from kortisto.domain.catalogue.actions.exporting import export_records
from kortisto.domain.catalogue.actions.importing import (
    JOB,
    Manner,
    as_json,
    import_files,
)
from kortisto.domain.catalogue.permissions import CataloguePermission


@job(JOB)
def import_uploads(
    context: JobContext, *, paths: list[str], profile: str, asked_by: dict[str, Any]
) -> dict[str, Any]:
    """Import files that staff sent, in the name of who sent them.

    A killed worker's job is done again from the beginning, which is harmless. The
    permission was asked when the job was.
    """
    missing = [path for path in paths if not Path(path).is_file()]
    if missing:
        message = f"The file is gone: {', '.join(missing)}"
        raise PermanentFailure(message)
    asker = Actor(
        kind=ActorKind(asked_by["kind"]),
        id=asked_by["id"],
        library_id=asked_by["library_id"],
        channel=Channel.JOB,
        everywhere=frozenset({CataloguePermission.IMPORT.value}),
    )
    report = import_files(
        [Path(path) for path in paths],
        by=asker,
        now=context.now,
        profile=profile,
        progress=context.progress,
        manner=Manner(stopped=lambda: context.cancelled),
    )
    return as_json(report)


@job(EXPORT_JOB)
def export_to_file(
    context: JobContext, *, form: str, asked_by: dict[str, Any]
) -> dict[str, Any]:
    """Write all records to a packed file, in the name of who asked.

    Run again from the beginning it writes the same file anew. The permission was
    asked when the job was.
    """
    folder = Path(settings.MEDIA_ROOT) / "exports"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"records-{context.job.pk}{ENDINGS[form]}.gz"
    side = folder / f"records-{context.job.pk}-too-long.xml"
    asker = Actor(
        kind=ActorKind(asked_by["kind"]),
        id=asked_by["id"],
        library_id=asked_by["library_id"],
        channel=Channel.JOB,
        everywhere=frozenset({CataloguePermission.EXPORT.value}),
    )
    with path.open("wb") as out:
        report = export_records(
            form,
            out,
            by=asker,
            now=context.now,
            progress=context.progress,
            packed=True,
            side=side,
        )
    return {
        "file": str(path),
        "side_file": str(side) if report.side_file else "",
        "records": report.records,
        "items": report.items,
        "too_long": len(report.too_long),
        "left_out": list(report.unwritable.values())[:50],
    }
