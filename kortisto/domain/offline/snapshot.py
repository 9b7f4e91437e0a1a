"""What a workstation takes with it: rules, calendars, items, and cards as hashes.

The head holds what due dates are counted from; items and cards follow in parts. A card
is a keyed hash of its number. The key is made anew for each kit, is told once, and is
kept by the browser where no script can read it (docs/decisions says what that is and
is not worth). Nobody's name, address, birthday, charge or restriction is in it: only
whether the desk may lend, and up to which age limit.
"""

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.utils.timezone import localdate

from kortisto.core.ages import completed_years
from kortisto.core.sql import all_rows
from kortisto.core.versions import configuration_number
from kortisto.domain.catalogue.models import ItemType
from kortisto.domain.circulation.facts import PATRON_COLUMNS, patron_facts, statement
from kortisto.domain.circulation.reasons import Reason, Severity
from kortisto.domain.circulation.rules import reasons_against
from kortisto.domain.circulation.settings import severity_at
from kortisto.domain.circulation.standing import (
    PatronFacts,
    Standing,
    address_is_known,
    card_has_not_expired,
    card_is_good,
    charges_are_within_limit,
    dependants_charges_are_within_limit,
    guardians_charges_are_within_limit,
    patron_borrows,
    patron_is_alive,
    patron_is_not_restricted,
)
from kortisto.domain.holds.queue import ACTIVE, KEPT, WANTS_THE_ITEM
from kortisto.domain.offline.models import Kit
from kortisto.domain.org.queries import Organisation, organisation
from kortisto.domain.org.rules import OpeningCalendar
from kortisto.domain.org.settings import LENDING_RULES_LIBRARY, LOAN_BAN_CENTS
from kortisto.domain.patrons.category_terms import charge_limits
from kortisto.domain.patrons.models import PatronCategory
from kortisto.domain.policies.parameter import Parameter
from kortisto.domain.policies.parameters import (
    CLOSED_DAYS,
    FOR_LOAN,
    HARD_DUE_ON,
    LOAN_PERIOD,
    LOAN_PERIOD_UNIT,
    SHORT_LOAN_DAYS,
    SHORT_LOAN_HOLDS,
)
from kortisto.domain.policies.queries import rules_in_force
from kortisto.domain.policies.rules import Matrix

AT_ONCE: Final = 5_000  # items or cards in one part
CALENDAR_DAYS: Final = 1_200  # the longest period, and how far open days are looked for
HASH_BYTES: Final = 8
TITLE_KEPT: Final = 60
OF_AGE: Final = 99  # old enough for everything
GOOD, BARRED, REPLACED = 0, 1, 2
TERMS: Final[tuple[Parameter[Any], ...]] = (
    LOAN_PERIOD,
    LOAN_PERIOD_UNIT,
    HARD_DUE_ON,
    CLOSED_DAYS,
    SHORT_LOAN_DAYS,
    SHORT_LOAN_HOLDS,
    FOR_LOAN,
)
AGE_LIMITS: Final = (18, 16, 12, 7, 3)
STANDING_RULES: Final = (
    patron_is_alive,
    patron_borrows,
    card_is_good,
    card_has_not_expired,
    address_is_known,
    patron_is_not_restricted,
    charges_are_within_limit,
    dependants_charges_are_within_limit,
    guardians_charges_are_within_limit,
)
ITEM_REASONS: Final = (
    Reason.NOT_FOR_LOAN,
    Reason.ITEM_LOST,
    Reason.ITEM_RESTRICTED,
    Reason.ITEM_DAMAGED,
    Reason.COUNT_PARTS,
    Reason.WAITS_FOR_ANOTHER,
    Reason.IN_TRANSIT,
    Reason.HELD_BY_OTHERS,
    Reason.AGE_LIMIT,
    Reason.AGE_UNKNOWN,
)


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows, and after which id the next part begins; None: this was the last."""

    rows: list[list[Any]]
    after: int | None


def key_of(kit: Kit) -> bytes:
    """The key of the kit's card hashes. Nothing that could tell it is stored."""
    said = f"offline kit {kit.pk} of {kit.made_at.isoformat()}"
    return hmac.new(
        settings.SECRET_KEY.encode(), said.encode(), hashlib.sha256
    ).digest()


def card_hash(key: bytes, number: str) -> str:
    """As the desk makes it of what was scanned: capitals, no spaces."""
    digest = hmac.new(key, "".join(number.split()).upper().encode(), hashlib.sha256)
    return digest.hexdigest()[: 2 * HASH_BYTES]


def head(kit: Kit) -> dict[str, Any]:
    """Rules, calendars and names: all that is neither an item nor a card."""
    configuration, today = configuration_number(), localdate(kit.made_at)
    tree = organisation(configuration)
    matrix = rules_in_force(today, configuration)
    severity = severity_at(tree, kit.library_id)
    places = [node.id for node in tree.libraries()]
    categories = list(PatronCategory.objects.order_by("pk").values_list("pk", "code"))
    types = list(ItemType.objects.order_by("pk"))
    terms, table = terms_table(
        matrix, places, [pk for pk, _code in categories], [one.pk for one in types]
    )
    return {
        "library": kit.library_id,
        "library_name": tree.name(kit.library_id),
        "hue": tree.unit(kit.library_id).hue,
        "made_at": kit.made_at.isoformat(),
        "expires_at": kit.expires_at.isoformat(),
        "send_until": kit.send_until.isoformat(),
        "rules_version": matrix.version,
        "whose_rules": tree.setting(LENDING_RULES_LIBRARY, kit.library_id).value,
        "types": {one.pk: one.name for one in types},
        "terms": terms,
        "table": table,
        "calendar": calendars(tree, places, today),
        "severity": {
            reason.value: severity(reason).value
            for reason in ITEM_REASONS
            if severity(reason) is not Severity.NONE
        },
    }


def terms_table(
    matrix: Matrix, places: list[int], categories: list[int], types: list[int]
) -> tuple[list[list[Any]], dict[str, Any]]:
    """The different terms there are, and which hold where, for whom and for what.

    ``table[library][category][type]`` is an index of the terms. What no rule names by
    itself stands under "0", which a look-up falls back on.
    """
    named = [row.key for row in matrix.rows]
    libraries = [0, *({key[0] for key in named} & set(places))]
    people = [0, *({key[1] for key in named} & set(categories))]
    found: dict[tuple[Any, ...], int] = {}
    table: dict[str, Any] = {}
    for library in libraries:
        for category in people:
            for kind in (0, *types):
                values = tuple(
                    one.write(matrix.value(one, library, category, kind).value)
                    for one in TERMS
                )
                index = found.setdefault(values, len(found))
                row = table.setdefault(str(library), {}).setdefault(str(category), {})
                row[str(kind)] = index
    return [list(values) for values in found], table


def calendars(tree: Organisation, places: list[int], today: date) -> dict[str, Any]:
    """Every day of every library: 0 closed, else 1 + the index of its hours."""
    hours: dict[tuple[tuple[str, str], ...], int] = {}
    days = {}
    for place in places:
        calendar = tree.calendar(place)
        days[str(place)] = [
            _day(calendar, today + timedelta(days=number), hours)
            for number in range(-1, CALENDAR_DAYS)
        ]
    begin = today - timedelta(days=1)
    known = [[list(one) for one in each] for each in hours]
    return {"from": begin.isoformat(), "days": days, "hours": known}


def _day(
    calendar: OpeningCalendar,
    day: date,
    hours: dict[tuple[tuple[str, str], ...], int],
) -> int:
    if not calendar.is_open(day):
        return 0
    told = tuple(
        (one.opens.isoformat(), one.closes.isoformat()) for one in calendar.hours(day)
    )
    return 1 + hours.setdefault(told, len(hours))


ITEMS: Final = f"""
    SELECT i.id, i.barcode, i.item_type_id, i.home_library_id, i.library_id, rec.title,
      i.not_for_loan, i.lost, i.restricted, i.damaged, i.parts, rec.age_limit,
      h.id, c.number, t.id,
      (SELECT COUNT(*) FROM (
         SELECT 1 FROM hold q
          WHERE q.record_id = i.record_id AND NOT q.non_urgent
            AND {ACTIVE} AND {WANTS_THE_ITEM} LIMIT 50) counted)
    FROM item i
    JOIN record rec ON rec.id = i.record_id
    LEFT JOIN hold h ON h.item_id = i.id AND h.state IN {KEPT}
      AND h.state <> 'uncleared'
    LEFT JOIN card c ON c.patron_id = h.patron_id AND c.active
    LEFT JOIN transit t ON t.item_id = i.id
      AND t.arrived_at IS NULL AND t.cancelled_at IS NULL
    WHERE i.id > %(after)s AND i.withdrawn = ''
      AND (i.library_id = %(library)s OR i.home_library_id = %(library)s)
    ORDER BY i.id LIMIT {AT_ONCE}"""


def items(kit: Kit, *, after: int, now: datetime) -> Part:
    """Items that are here or belong here, some at a time.

    Each is ``[barcode, type, home, library, title, reasons, queue, card hash of whom it
    waits for, age limit]``; the reasons are public codes.
    """
    key = key_of(kit)
    asked = {"after": after, "library": kit.library_id, "today": localdate(now)}
    found = all_rows(ITEMS, asked)
    rows = [
        [
            "".join(row[1].split()).upper(),
            *row[2:5],
            row[5][:TITLE_KEPT],
            [reason.value for reason in _reasons(row)],
            row[15],
            "" if row[13] is None else card_hash(key, row[13]),
            row[11] or 0,
        ]
        for row in found
    ]
    return Part(rows, found[-1][0] if len(found) == AT_ONCE else None)


def _reasons(row: tuple[Any, ...]) -> Iterator[Reason]:
    not_for_loan, lost, restricted, damaged, parts = row[6:11]
    if not_for_loan:
        yield Reason.NOT_FOR_LOAN
    if lost:
        yield Reason.ITEM_LOST
    if restricted:
        yield Reason.ITEM_RESTRICTED
    if damaged:
        yield Reason.ITEM_DAMAGED
    if parts > 1:
        yield Reason.COUNT_PARTS
    if row[14] is not None and row[12] is None:
        yield Reason.IN_TRANSIT
    if row[15] and row[12] is None:
        yield Reason.HELD_BY_OTHERS


CARDS: Final = f"""
    SELECT c.id, c.number, {PATRON_COLUMNS}
    FROM card c
    JOIN patron p ON p.id = c.patron_id AND p.binned_at IS NULL
    LEFT JOIN patron_category pc ON pc.id = p.category_id
    WHERE c.id > %(after)s ORDER BY c.id LIMIT {AT_ONCE}"""


def cards(kit: Kit, *, after: int, now: datetime) -> Part:
    """Cards of everybody, some at a time, as hashes.

    Each is ``[hash, category, standing, age limit up to which, home]``; the home
    library is told only where its rules are those that count.
    """
    key, today, tree = key_of(kit), localdate(now), organisation()
    asks_home = (
        tree.setting(LENDING_RULES_LIBRARY, kit.library_id).value == "patron-home"
    )
    found = all_rows(statement(CARDS), {"after": after, "today": today})
    rows = [
        [
            card_hash(key, row[1]),
            facts.category_id,
            _standing(facts, tree, kit.library_id, today),
            _age_limit(facts.born_on, today),
            facts.home_library_id if asks_home else 0,
        ]
        for row in found
        for facts in (patron_facts(row[2:]),)
    ]
    rows.sort()  # by hash: the order of the cards tells nothing
    return Part(rows, found[-1][0] if len(found) == AT_ONCE else None)


def _standing(
    patron: PatronFacts, tree: Organisation, library_id: int, today: date
) -> int:
    """Whether the desk may lend; never why not."""
    if not patron.card_active:
        return REPLACED
    limits = charge_limits(
        patron.charge_terms, setting=tree.setting(LOAN_BAN_CENTS, library_id).value
    )
    severity = severity_at(tree, library_id, expired_effect=patron.expired_effect)
    standing = Standing(today=today, patron=patron, limits=limits)
    against = reasons_against(STANDING_RULES, standing, severity)
    return BARRED if any(not one.notice for one in against) else GOOD


def _age_limit(born_on: date | None, today: date) -> int:
    """The highest age limit that the patron has reached; -1: no birthday is known."""
    if born_on is None:
        return -1
    age = completed_years(born_on, today)
    if age >= AGE_LIMITS[0]:
        return OF_AGE
    return next((limit for limit in AGE_LIMITS if age >= limit), 0)
