"""What a demo tells its visitors lies in a file, and only where there is a demo."""

from pathlib import Path

from kortisto.core.demo_notes import (
    PUBLIC,
    STAFF,
    Code,
    DemoLogin,
    DemoNotes,
    Step,
    has_notes,
    read_notes,
)

NOTES = DemoNotes(
    steps=(
        Step(
            site=STAFF,
            titles={"fi": "Lainaa", "en": "Lend"},
            texts={"fi": "Lue kortti."},
            codes=(Code(names={"fi": "Kortti"}, value="1"),),
        ),
    ),
    logins=(
        DemoLogin(site=PUBLIC, names={"fi": "A"}, username="1", password="2468"),
        DemoLogin(
            site=STAFF,
            names={"fi": "B"},
            username="b",
            password="pitkä salasana tässä",
            secret="LUMMELUMMELUMMELUMMELUMMELUMMEAA",
        ),
    ),
)


def test_notes_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    NOTES.write(tmp_path)

    assert read_notes(tmp_path) == NOTES
    assert has_notes(tmp_path)


def test_without_a_demo_there_are_no_notes(tmp_path: Path) -> None:
    assert read_notes(tmp_path) is None
    assert not has_notes(tmp_path)


def test_each_site_gets_its_own_log_ins_only() -> None:
    assert [one.username for one in NOTES.of(PUBLIC).logins] == ["1"]
    assert [one.username for one in NOTES.of(STAFF).logins] == ["b"]


def test_a_one_time_code_changes_with_the_time() -> None:
    public, staff = NOTES.logins

    assert public.code(seconds=0) == ""
    assert staff.code(seconds=0) == staff.code(seconds=29)
    assert staff.code(seconds=0) != staff.code(seconds=30)
