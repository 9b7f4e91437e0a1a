import io

import pytest
from typing_extensions import override

from kortisto.interfaces.cli.progress import Progress, progress


class Terminal(io.StringIO):
    @override
    def isatty(self) -> bool:
        return True


def test_a_log_file_gets_whole_lines_and_no_control_characters() -> None:
    out = io.StringIO()
    with Progress("Records", total=4, out=out) as bar:
        for _ in range(4):
            bar.advance()

    assert out.getvalue().startswith("Records: 100% 4 in ")
    assert out.getvalue().endswith(" of 4\n")
    assert "\r" not in out.getvalue()
    assert "\x1b" not in out.getvalue()


def test_a_terminal_sees_one_line_that_is_drawn_over() -> None:
    out = Terminal()
    with Progress("Records", total=2, out=out) as bar:
        bar.reach(2)

    assert out.getvalue().count("\n") == 1
    assert "\r" in out.getvalue()
    assert "[########################]" in out.getvalue()


def test_without_a_total_it_counts() -> None:
    out = io.StringIO()
    with Progress("Records", out=out) as bar:
        bar.advance(1234)

    assert "1,234 in" in out.getvalue()
    assert "%" not in out.getvalue()


def test_a_run_that_is_broken_off_says_so() -> None:
    out = io.StringIO()
    with pytest.raises(KeyboardInterrupt), Progress("Records", out=out):
        raise KeyboardInterrupt

    assert out.getvalue().endswith(" (stopped)\n")


def test_things_pass_through_unchanged_and_in_order() -> None:
    assert list(progress(range(5), "Numbers", total=5)) == [0, 1, 2, 3, 4]
