"""Every real record we have goes into the database; every broken one is told of."""

from pathlib import Path

import pytest

from kortisto.core.actors import job_actor
from kortisto.core.models import LoggedEvent
from kortisto.domain.catalogue.actions.importing import Manner, import_files
from kortisto.domain.catalogue.import_report import ImportReport
from kortisto.domain.catalogue.models import ImportBatch, Record, RecordVersion
from kortisto.domain.catalogue.permissions import CataloguePermission
from kortisto.domain.catalogue.tests.test_real_marc import (
    NOT_BIBLIOGRAPHIC,
    RECORDS_PROMISED,
    promised_counts,
)
from kortisto.testing.builders import MONDAY_NOON

pytestmark = [pytest.mark.data, pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture
def rejects(tmp_path: Path) -> Manner:
    return Manner(rejects=tmp_path)


def imported(paths: list[Path], manner: Manner) -> ImportReport:
    return import_files(
        paths,
        by=job_actor(CataloguePermission.IMPORT),
        now=MONDAY_NOON,
        manner=manner,
    )


def show(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\n{text}")  # noqa: T201 - the run is to show what it read


def test_every_real_record_is_imported_or_turned_away_as_the_readme_says(
    shared_data: Path, rejects: Manner, capsys: pytest.CaptureFixture[str]
) -> None:
    promised = promised_counts((shared_data / "README.md").read_text())
    paths = sorted((shared_data / "real").glob("*.mrc.gz"))

    report = imported(paths, rejects)

    pace = report.total.read / report.took.total_seconds()
    show(f"{report}\n{pace:,.0f} records a second", capsys)
    assert {each.name: each.counts.read for each in report.files} == promised
    for each in report.files:
        counts = each.counts
        assert not each.trouble
        assert counts.accepted + counts.rejected == counts.read
        is_other = each.name.split(".")[1] in NOT_BIBLIOGRAPHIC
        assert counts.rejected == (counts.read if is_other else 0), each.name
    total = report.total
    assert total.accepted > RECORDS_PROMISED
    assert Record.objects.count() == total.added
    assert RecordVersion.objects.count() == total.changed
    assert LoggedEvent.objects.filter(kind="RecordAdded").count() == total.added
    batch = ImportBatch.objects.get()
    assert (batch.added, batch.rejected) == (total.added, total.rejected)
    assert batch.finished_at is not None

    some = [path for path in paths if path.stat().st_size < 300_000]
    again = imported(some, rejects).total
    assert (again.added, again.items_added) == (0, 0)


def test_every_broken_record_is_told_of_and_stops_nothing(
    shared_data: Path, rejects: Manner, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = sorted((shared_data / "bad").glob("*.gz"))

    report = imported(paths, rejects)

    show(str(report), capsys)
    for each in report.files:
        counts = each.counts
        assert counts.accepted + counts.rejected == counts.read, each.name
        assert counts.read > 0, each
        if ".broken." in each.name:
            assert counts.rejected + counts.repaired > 0, each.name
        if ".oversize." in each.name:
            assert counts.rejected == 0, each.name
    assert report.total.rejected > 0
    told = Path(report.reject_file).read_text().splitlines()
    assert len(told) == report.total.rejected + report.total.items_rejected
