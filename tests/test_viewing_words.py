"""Every page that leaves a trace of a look has words: for the patron, and for staff."""

import ast
from collections.abc import Iterator

from kortisto.domain.patrons.log_words import KINDS, PAGES
from kortisto.domain.patrons.viewings import VIEWS
from kortisto.interfaces.staff.audit_codes import VIEWED
from kortisto.interfaces.staff.audit_words import SENTENCES
from tests.source import modules, name, tree

LOOKS = ("view_patron", "view_record", "panel_of", "note_views", "PatronViewed")
"""What is told where a patron is looked at, in ``page``."""


def looks() -> Iterator[tuple[str, ast.expr]]:
    """Each place in the code that looks at a patron, and the page that it names."""
    for module in modules(leaving_out=("tests", "testing", "demo")):
        for node in ast.walk(tree(module)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in LOOKS:
                told = {each.arg: each.value for each in node.keywords}
                yield f"{name(module)}:{node.lineno}", told["page"]


def is_passed_on(page: ast.expr) -> bool:
    """Whether whoever calls the function around says what the page is."""
    return isinstance(page, ast.Name) and page.id == "page"


def test_the_page_of_every_look_can_be_read_here() -> None:
    found = list(looks())

    assert len(found) > 15, "the functions that look have other names now"
    assert [
        place
        for place, page in found
        if not is_passed_on(page) and not isinstance(page, ast.Constant)
    ] == []


def test_every_page_has_words_for_the_patron_and_for_staff() -> None:
    pages = {
        str(page.value) for _place, page in looks() if isinstance(page, ast.Constant)
    }

    assert {"patron", "search", "change-requests"} <= pages
    assert pages - set(PAGES) == set()
    assert pages - set(VIEWED) == set()


def test_every_kind_of_look_has_words() -> None:
    assert set(VIEWS) - set(KINDS) == set()
    assert set(VIEWS) - set(SENTENCES) == set()
