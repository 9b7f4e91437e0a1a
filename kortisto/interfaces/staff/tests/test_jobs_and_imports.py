"""Background jobs, imports and exports on their pages."""

import gzip
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from kortisto.core.jobs import enqueue
from kortisto.core.models import Job, LoggedEvent, Schedule
from kortisto.core.schedules import sync_schedules
from kortisto.domain.catalogue.models import ImportBatch, Record
from kortisto.domain.org.permissions import OrgPermission
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import chief
from kortisto.testing.jobs import work
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db

MARCXML = """<?xml version="1.0" encoding="UTF-8"?>
<collection xmlns="http://www.loc.gov/MARC21/slim"><record>
<leader>00000cam a22000004i 4500</leader>
<controlfield tag="001">{number}</controlfield>
<datafield tag="245" ind1="1" ind2="0"><subfield code="a">{title}</subfield></datafield>
</record><record><leader>00000cam a22000004i 4500</leader>
<controlfield tag="001">77</controlfield></record></collection>"""


@pytest.fixture(autouse=True)
def _own_folder(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def content_of(answer: Any) -> bytes:
    """All of a file that was sent."""
    return b"".join(answer.streaming_content)


def send(client: Client) -> str:
    content = MARCXML.format(number="42", title="Kalevala").encode()
    file = SimpleUploadedFile("kalevala.xml", content)
    answer = client.post("/imports/", {"sent": [file], "profile": "default"})
    return answer.headers["Location"]


def test_a_file_is_sent_imported_and_reported_with_what_was_turned_away() -> None:
    client = at_work()
    progress = send(client)
    assert "waits for a worker" in client.get(progress).content.decode()

    done = work()

    assert done.state == Job.State.DONE, done.last_error
    assert Record.objects.get().title == "Kalevala"
    report = client.get(progress).headers["Location"]
    page = client.get(report)
    assert dict(page.context["counts"])["Turned away"] == 1
    assert page.context["lines"][0]["control_number"] == "77"
    (name, *_more) = page.context["files"]
    rejects = client.get(f"{report}{name}")
    assert b'"control_number":"77"' in content_of(rejects)


def test_no_file_outside_an_import_is_ever_given_away(tmp_path: Path) -> None:
    secret = tmp_path / "secret.reasons.jsonl"
    secret.write_text("{}")
    batch = ImportBatch.objects.create(asked_by="staff:1", reject_file=str(secret))

    client = at_work()

    assert client.get(f"/imports/{batch.pk}/{secret.name}").status_code == 404
    assert client.get(f"/imports/{batch.pk}/").context["files"] == []


def test_an_import_without_a_file_says_what_is_missing() -> None:
    page = at_work().post("/imports/", {"profile": "default"})

    assert page.status_code == 422
    assert not Job.objects.exists()


def test_the_catalogue_is_exported_to_a_file_that_can_be_got() -> None:
    client = at_work()
    send(client)
    work()
    answer = client.post("/exports/", {"form": "marcxml"})
    done = work()
    assert done.state == Job.State.DONE, done.last_error

    page = client.get(answer.headers["Location"]).content.decode()
    file = client.get(f"/exports/{done.pk}/file/")

    assert "Get the file" in page
    packed = content_of(file)
    assert "Kalevala" in gzip.decompress(packed).decode()


def test_schedules_are_listed_and_run_at_once_with_their_next_time_kept() -> None:
    sync_schedules(timezone.now())
    row = Schedule.objects.get(pk="fines")
    client = at_work()
    assert "Overdue charges of the night" in client.get("/jobs/").content.decode()

    client.post("/jobs/schedules/fines/run/")
    client.post("/jobs/schedules/fines/run/")

    assert Job.objects.get().kind == "circulation.fines"
    row.refresh_from_db()
    assert row.last_job is not None
    assert row.next_run_at == Schedule.objects.get(pk="fines").next_run_at
    assert LoggedEvent.objects.filter(kind="ScheduleRun").exists()


def test_a_job_is_cancelled_and_run_again() -> None:
    asked = enqueue("catalogue.import", {}, by=chief())
    client = at_work()

    client.post(f"/jobs/{asked.pk}/cancel/")
    asked.refresh_from_db()
    assert asked.state == Job.State.CANCELLED
    assert "Run again" in client.get(f"/jobs/{asked.pk}/").content.decode()
    client.post(f"/jobs/{asked.pk}/retry/")

    asked.refresh_from_db()
    assert asked.state == Job.State.WAITING


def test_a_failed_job_tells_its_last_error() -> None:
    asked = enqueue("catalogue.import", {"paths": ["/no"], "profile": "default",
                    "asked_by": {}}, by=chief())  # fmt: skip
    work()

    page = at_work().get(f"/jobs/{asked.pk}/").content.decode()

    assert "The file is gone" in page
    assert "hx-trigger" not in page


def test_the_progress_asks_again_only_while_the_job_is_unfinished() -> None:
    asked = enqueue("catalogue.import", {}, by=chief())

    page = at_work().get(f"/jobs/{asked.pk}/progress/").content.decode()

    assert 'hx-trigger="every 2s"' in page
    assert "<html" not in page


def test_who_may_only_see_jobs_runs_none() -> None:
    sync_schedules(timezone.now())
    client = at_work(make_staff(may=(OrgPermission.SEE_JOBS,)))

    assert "Run now" not in client.get("/jobs/").content.decode()
    assert client.post("/jobs/schedules/fines/run/").status_code == 403

    assert not Job.objects.exists()


def test_the_list_of_jobs_costs_as_many_statements_with_more_jobs() -> None:
    client = at_work()

    def add() -> None:
        enqueue("catalogue.import", {}, by=chief())

    assert_same_queries_with_more_rows(lambda: client.get("/jobs/"), add_rows=add)
