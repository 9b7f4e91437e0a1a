"""The addresses of every page, from the URL tables, with what makes each tell much.

A new page is walked by itself. One whose address has a place that nothing fills is
told of by ``unfilled``.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from django.urls import URLPattern

from kortisto.interfaces.opac.urls import urlpatterns as opac_urls
from kortisto.interfaces.staff.urls import urlpatterns as staff_urls

STAFF: Final = tuple(one for one in staff_urls if isinstance(one, URLPattern))
OPAC: Final = tuple(one for one in opac_urls if isinstance(one, URLPattern))

OF_THE_DEMO: Final = {
    "exception_id": "SELECT MIN(id) FROM calendar_exception",
    "unit_id": "SELECT id FROM unit WHERE code = 'MLI'",
    "code": "SELECT MIN(code) FROM library_group",
    "category": "SELECT 'LAPSI'",
    "number": "SELECT MIN(number) FROM rule_version",
    "name": "SELECT MIN(name) FROM job_schedule",
    "round_id": "SELECT MIN(id) FROM van_round",
    "key": "SELECT 'lending.undo_minutes'",
    "restriction_type": "SELECT 'suspension'",
    "notice_kind": "SELECT 'welcome'",
    "notice_language": "SELECT 'fi'",
    "popular_id": "SELECT record_id FROM item GROUP BY 1 ORDER BY COUNT(*) DESC",
}
"""What fills a place of an address."""

OF_THE_STAGE: Final = frozenset(
    {
        "ban_id",
        "batch_id",
        "change_id",
        "closure_id",
        "child_id",
        "claim_id",
        "delivery_id",
        "line_id",
        "deed_id",
        "device_id",
        "dispatch_id",
        "errand_id",
        "grant_id",
        "hold_id",
        "item_id",
        "job_id",
        "kit_id",
        "limit_id",
        "link_id",
        "loan_id",
        "note_id",
        "notice_id",
        "pull_id",
        "patron_id",
        "provisional_id",
        "record_id",
        "restriction_id",
        "role_id",
        "rotating_id",
        "staff_id",
        "stop_id",
        "suggestion_id",
        "token",
        "use_id",
        "workstation_id",
        "passkey_id",
        "service",
        "shelf_place_id",
        "shift_id",
    }
)
"""What fills a place of an address and is told by tests/walk_stage.py."""

OTHER_PLACES: Final = {
    ("edit_closure", "closure_id"): "plan_id",
    ("edit_premises", "closure_id"): "premises_id",
    ("hold_slip", "hold_id"): "shelved_hold_id",
    ("online_registration", "patron_id"): "provisional_id",
    ("drop_online_registration", "patron_id"): "provisional_id",
    ("access_review", "unit_id"): "municipality_id",
    ("import_job", "job_id"): "import_id",
    ("rules_tried", "job_id"): "tried_id",
    ("rules_tried_csv", "job_id"): "tried_id",
    ("floating_tried", "job_id"): "floated_id",
    ("export_job", "job_id"): "export_id",
    ("export_file", "job_id"): "export_id",
    ("import_rejects", "name"): "file",
}
"""A place that means something else on one page than on the others."""

QUERIES: Final[Mapping[str, Sequence[str]]] = {
    "search": ("q=sinuhe", "q=olematonsana", "q=sinuhe&language=fin"),
    "suggestions": ("q=sinu",),
    "check_hold_identifier": ("hold_identifier=vapaa", "hold_identifier=%C3%A9"),
    "patron_merge": ("", "other={provisional_id}", "other={child_id}"),
    "patron_history": ("", "field=street"),
    "write_to_patron": ("", "template=contact-us"),
    "patrons": ("", "search=walk"),
    "titles": ("", "q=sinuhe", "q=olematonsana"),
    "hold_on_title": ("", "patron={patron_id}", "other=yes&search=walk"),
    "hold_shelf": ("", "view=uncleared", "place={shelf_place_id}"),
    "drift": ("", "item_type={type_id}&least=1", "least=x&item_type=x"),
    "transits": ("", "view=leaving", "late=yes"),
    "several_titles": ("", "title={edition_id}&title={held_id}&q=sinuhe", "q=olematon"),
    "several": ("", "title={edition_id}&title={held_id}&q=sinuhe", "q=olematonsana"),
    "new_hold": ("", "q=sinuhe", "q=olematonsana"),
    "title": ("view=items", "view=marc", "view=history"),
    "suggest": ("", "q=Lohip%C3%A4%C3%A4", "q=9789510432266"),
    "purchase_suggestions": ("", "library=all", "state=declined"),
    "staffing": ("q=a", "q=olematon"),
    "who_may": ("", "at={unit_id}&q=a", "q=olematon"),
    "who_may_here": ("at={unit_id}", "part=org"),
    "access_changes": ("", "q=olematon"),
    "staff_person": ("permission=lending.lend&at={unit_id}",),
    "rules": ("", "version={draft}", "version={number}&group=fine"),
    "rule_row": ("{row}",),
    "copy_rule_row": ("{row}",),
    "explain": (
        "category={category_id}&item_type={type_id}&library={unit_id}&day=1.12.2026",
    ),
    "closure": ("", "ends_on=never", "ends_on=2099-01-01", "ends_on=x"),
    "calendars": ("unit={unit_id}&year=2026",),
    "settings": ("unit={unit_id}",),
    "checkin": ("", "as_of=2026-11-02"),
    "audit": (
        "",
        "kind=looks",
        "card=%23{patron_id}",
        "until=28.11.2026&until_at=10:30",
    ),
}
"""What is asked of a page that shows more, or something else, when it is asked."""

ALSO: Final[Mapping[str, Sequence[str]]] = {
    "patron_guardians": (
        "/patrons/{child_id}/guardians/?search=walk",
        "/patrons/{child_id}/guardians/?guardian={patron_id}",
    ),
    "hold": ("/holds/{part_id}/", "/holds/{shelved_hold_id}/"),
    "own_hold": (
        "/account/holds/{shelved_hold_id}/?back=/search/%3Fq%3Dsinuhe",
        "/account/holds/{part_id}/",
    ),
    "record": ("/record/{popular_id}/",),
    "hold_on_title": ("/titles/{edition_id}/hold/?patron={child_id}",),
    "reserve": (
        "/record/{popular_id}/reserve/",
        "/record/{held_id}/reserve/",
        "/record/{edition_id}/reserve/",
    ),
    "title": ("/titles/{popular_id}/",),
    "restriction_type": ("/restriction-types/processing/",),
    "loan": ("/loans/{claimed_loan_id}/", "/loans/{recalled_loan_id}/"),
    "title_queue": ("/titles/{popular_id}/queue/",),
    "closure": (
        "/closures/{plan_id}/",
        "/closures/{premises_id}/",
        "/closures/{elsewhere_id}/",
        "/closures/{elsewhere_id}/?ends_on=never",
    ),
    "shift": ("/shifts/{closing_id}/", "/shifts/{later_id}/"),
    "patron_delivery": ("/patrons/{at_home_id}/delivery/",),
    "basket_slip": ("/patrons/{at_home_id}/delivery/slip/",),
    "job": ("/jobs/{import_id}/", "/jobs/{export_id}/"),
}
"""Further addresses of a page that looks different for another thing."""

BEFORE_LOG_IN: Final = frozenset(
    {"log_in", "second_factor", "enrolment", "new_pin", "pin_link"}
)
"""Looked at on the way in: who has logged in is led away from them."""

LEADS_ON: Final = frozenset(
    {
        "identify",
        "link_sign_in",
        "log_out",
        "register_back",
        "register_done",
        "register_form",
        "sign_in",
        "sign_in_back",
    }
)
"""Shows nothing of its own, whoever asks and however."""


def unfilled(patterns: Sequence[URLPattern]) -> set[tuple[str, str]]:
    """Pages with a place in their address that nothing fills."""
    known = OF_THE_DEMO.keys() | OF_THE_STAGE
    return {
        (str(one.name), place)
        for one in patterns
        for place in one.pattern.converters
        if OTHER_PLACES.get((str(one.name), place), place) == place
        and place not in known
    }


def samples_of(folder: Path, stage: Mapping[str, Any]) -> dict[str, Any]:
    """What fills every place; asked of the demo in a data directory."""
    database = sqlite3.connect(folder / "kortisto.sqlite3")
    found = {
        place: database.execute(query).fetchone()[0]
        for place, query in OF_THE_DEMO.items()
    }
    database.close()
    assert None not in found.values(), found
    return {**found, **stage}


def addresses(
    patterns: Sequence[URLPattern], samples: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """The name and the address of every page, some with several questions."""
    for one in patterns:
        name = str(one.name)
        if name in BEFORE_LOG_IN:
            continue
        path = str(one.pattern)
        for place in one.pattern.converters:
            value = samples[OTHER_PLACES.get((name, place), place)]
            (before, after) = path.split(f":{place}>", 1)
            path = f"{before[: before.rindex('<')]}{value}{after}"
        for query in QUERIES.get(name, ("",)):
            ending = f"?{query.format_map(samples)}" if query else ""
            yield name, f"/{path}{ending}"
        for other in ALSO.get(name, ()):
            yield name, other.format_map(samples)
