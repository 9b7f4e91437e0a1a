from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from kortisto.interfaces.cli.static_files import collect


@pytest.fixture
def sources(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "site.css").write_text("body { color: black }\n" * 100)
    finder = "django.contrib.staticfiles.finders.FileSystemFinder"
    with override_settings(
        STATICFILES_DIRS=[folder],
        STATICFILES_FINDERS=[finder],
        STATIC_ROOT=tmp_path / "var" / "staff",
    ):
        yield folder


def test_files_are_collected_with_a_compressed_copy(sources: Path) -> None:
    root = collect()

    assert (root / "site.css").read_text() == (sources / "site.css").read_text()
    assert (root / "site.css.gz").stat().st_size < (root / "site.css").stat().st_size


@pytest.mark.usefixtures("sources")
def test_nothing_is_done_again_while_nothing_has_changed() -> None:
    first = collect().resolve()

    assert collect().resolve() == first


def test_changed_files_come_and_a_running_process_keeps_the_old_ones(
    sources: Path,
) -> None:
    first = collect().resolve()
    (sources / "new.js").write_text("export const one = 1;\n")
    root = collect()

    assert root.resolve() != first
    assert (root / "new.js").exists()
    assert (first / "site.css").exists()

    (sources / "newer.js").write_text("export const two = 2;\n")
    collect()
    assert not first.exists()  # two sets are kept, no more
