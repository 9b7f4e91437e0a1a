"""Bring records in and take them out: files, reports, what was turned away (S7)."""

import json
from itertools import islice
from pathlib import Path
from typing import Any, Final

from django import forms
from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods
from typing_extensions import override

from kortisto.core.models import Job
from kortisto.domain.catalogue.actions.export_jobs import EXPORT_JOB, ask_for_export
from kortisto.domain.catalogue.actions.importing import ask_for_import, keep_upload
from kortisto.domain.catalogue.marc.sources import Format
from kortisto.domain.catalogue.models import ImportBatch
from kortisto.domain.catalogue.permissions import CataloguePermission
from kortisto.domain.catalogue.profiles import profiles
from kortisto.domain.catalogue.queries import imports as batches
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.job_words import actor_names
from kortisto.interfaces.staff.paging import PAGE, Trail
from kortisto.interfaces.staff.told import tell

IMPORT: Final = CataloguePermission.IMPORT
EXPORT: Final = CataloguePermission.EXPORT
REJECTED: Final = (".rejected.mrc", ".rejected.xml", ".rejected.jsonl")


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or several files, as a list."""

    widget = FilesInput

    @override
    def clean(self, data: Any, initial: Any = None) -> Any:
        given = (data or [None]) if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(one, initial) for one in given]


class ImportForm(forms.Form):
    sent = FilesField(
        label=gettext_lazy("Files"),
        help_text=gettext_lazy("ISO 2709, MARCXML or JSON lines, also packed by gzip."),
    )
    profile = forms.ChoiceField(label=gettext_lazy("How to treat the records"))

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        known = [(one.name, f"{one.name}: {one.title}") for one in profiles()]
        self.fields["profile"].choices = known  # type: ignore[attr-defined]


class ExportForm(forms.Form):
    form = forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=[
            (Format.ISO2709.value, "ISO 2709 (.mrc)"),
            (Format.MARCXML.value, "MARCXML (.xml)"),
            (Format.JSONL.value, "JSON lines (.jsonl)"),
        ],
    )


@require_http_methods(["GET", "POST"])
def imports(request: StaffRequest) -> HttpResponse:
    """Send files; and every import there has been."""
    form = ImportForm(request.POST, request.FILES) if request.POST else ImportForm()
    if form.is_valid():
        paths = [
            keep_upload(file.name, file.chunks()) for file in form.cleaned_data["sent"]
        ]
        asked = ask_for_import(
            paths,
            by=request.actor,
            now=timezone.now(),
            profile=form.cleaned_data["profile"],
        )
        tell(request, _("The files were received. The import begins in a moment."))
        return redirect("import_job", job_id=asked.pk)
    trail = Trail.of(request)
    found = batches()
    if trail.last is not None:
        found = found.filter(pk__lt=trail.last)
    rows = list(found[: PAGE + 1])
    names = actor_names(row.asked_by for row in rows)
    told = {
        "form": form,
        "export_form": ExportForm(),
        "rows": [(row, names[row.asked_by]) for row in rows[:PAGE]],
        "pages": trail.pages(
            request, next_key=rows[PAGE - 1].pk if len(rows) > PAGE else None
        ),
        "may_export": request.actor.may(EXPORT),
    }
    status = 422 if form.errors else 200
    return render(request, "staff/imports.html", told, status=status)


@never_cache
@require_GET
def import_job(request: StaffRequest, job_id: int) -> HttpResponse:
    """How far an import is; asks again by itself until it has ended."""
    row = get_object_or_404(Job, pk=job_id, kind="catalogue.import")
    result = row.result if isinstance(row.result, dict) else {}
    if row.state == Job.State.DONE and result.get("batch_id"):
        there = redirect("import_batch", batch_id=result["batch_id"])
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": there.headers["Location"]})
        return there
    part = bool(request.headers.get("HX-Request"))
    name = "staff/_import_progress.html" if part else "staff/import_job.html"
    return render(request, name, {"job": row})


@require_GET
def import_batch(request: StaffRequest, batch_id: int) -> HttpResponse:
    """The report of an import: counts, reasons, and what was turned away."""
    batch = get_object_or_404(ImportBatch, pk=batch_id)
    trail = Trail.of(request)
    start = trail.last or 0
    lines = list(_lines(batch, start, PAGE + 1))
    reasons = sorted(batch.reasons.items(), key=lambda one: -one[1])
    return render(
        request,
        "staff/import_batch.html",
        {
            "batch": batch,
            "by": actor_names([batch.asked_by])[batch.asked_by],
            "counts": [
                (_("Read"), batch.read),
                (_("Added"), batch.added),
                (_("Changed"), batch.changed),
                (_("Unchanged"), batch.unchanged),
                (_("Turned away"), batch.rejected),
                (_("Repaired"), batch.repaired),
                (_("Items added"), batch.items_added),
                (_("Items changed"), batch.items_changed),
            ],
            "reasons": [(code, REASONS.get(code, code), n) for code, n in reasons],
            "lines": lines[:PAGE],
            "pages": trail.pages(
                request, next_key=start + PAGE if len(lines) > PAGE else None
            ),
            "files": [path.name for path in _reject_files(batch)],
        },
    )


REASONS: Final = {
    "possible-duplicate": gettext_lazy("May be there already under another number"),
    "ambiguous-match": gettext_lazy("Several records have its identifiers"),
    "deleted-and-not-here": gettext_lazy("Deleted by its file, and not here"),
    "deleted-but-in-use": gettext_lazy("Deleted by its file, but in use here"),
    "deleted": gettext_lazy("Deleted by its file"),
    "unknown-library": gettext_lazy("The library of an item is unknown"),
    "unknown-item-type": gettext_lazy("The type of an item is unknown"),
    "barcode-taken": gettext_lazy("The barcode is in use already"),
}
"""Words for what happens often; other codes are shown as they are."""


def _folder() -> Path:
    return (Path(settings.MEDIA_ROOT) / "imports").resolve()


def _reasons_file(batch: ImportBatch) -> Path | None:
    """The file of reasons, when it is there and lies where imports write."""
    if not batch.reject_file:
        return None
    path = Path(batch.reject_file).resolve()
    return path if path.is_file() and _folder() in path.parents else None


def _reject_files(batch: ImportBatch) -> list[Path]:
    reasons = _reasons_file(batch)
    if reasons is None:
        return []
    base = reasons.name.removesuffix(".reasons.jsonl")
    others = [reasons.with_name(f"{base}{ending}") for ending in REJECTED]
    return [reasons, *(path for path in others if path.is_file())]


def _lines(batch: ImportBatch, start: int, size: int) -> list[dict[str, Any]]:
    path = _reasons_file(batch)
    if path is None:
        return []
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in islice(file, start, start + size)]


@require_GET
def import_rejects(
    _request: StaffRequest, batch_id: int, name: str
) -> HttpResponseBase:
    """One of the files of what was turned away."""
    batch = get_object_or_404(ImportBatch, pk=batch_id)
    for path in _reject_files(batch):
        if path.name == name:
            return FileResponse(path.open("rb"), as_attachment=True, filename=name)
    raise Http404


@require_http_methods(["POST"])
def export_records(request: StaffRequest) -> HttpResponse:
    """Let a worker write all records to a file."""
    form = ExportForm(request.POST)
    if not form.is_valid():
        tell(request, _("Choose a format."), kind="stop")
        return redirect("imports")
    chosen = Format(form.cleaned_data["form"])
    asked = ask_for_export(chosen, by=request.actor, now=timezone.now())
    tell(request, _("The export begins in a moment."))
    return redirect("export_job", job_id=asked.pk)


@never_cache
@require_GET
def export_job(request: StaffRequest, job_id: int) -> HttpResponse:
    """How far an export is, and then its file."""
    row = get_object_or_404(Job, pk=job_id, kind=EXPORT_JOB)
    part = bool(request.headers.get("HX-Request"))
    name = "staff/_import_progress.html" if part else "staff/import_job.html"
    return render(request, name, {"job": row, "export": True})


@require_GET
def export_file(_request: StaffRequest, job_id: int) -> HttpResponseBase:
    """The file that an export wrote."""
    row = get_object_or_404(Job, pk=job_id, kind=EXPORT_JOB, state=Job.State.DONE)
    result = row.result if isinstance(row.result, dict) else {}
    path = Path(str(result.get("file", ""))).resolve()
    folder = (Path(settings.MEDIA_ROOT) / "exports").resolve()
    if not path.is_file() or folder not in path.parents:
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=path.name)


urlpatterns = [
    page("imports/", imports, needs=IMPORT),
    page("imports/jobs/<int:job_id>/", import_job, needs=IMPORT),
    page("imports/<int:batch_id>/", import_batch, needs=IMPORT),
    page("imports/<int:batch_id>/<str:name>", import_rejects, needs=IMPORT),
    page("exports/", export_records, needs=EXPORT),
    page("exports/<int:job_id>/", export_job, needs=EXPORT),
    page("exports/<int:job_id>/file/", export_file, needs=EXPORT),
]
