"""Everything a lending decision needs, read in one statement.

Both databases get the same SELECT. A row always comes back: what the card or the
barcode does not name is NULL, so that both unknowns can be told at once. Counts come
from partial indexes over open loans and queued holds only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from django.db import connection

from kortisto.core.refusals import Refusal, Refused
from kortisto.core.sql import (
    day_or_none,
    from_json,
    moment,
    moment_or_none,
    one_row,
)
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.circulation.rules import ItemFacts, LoanFacts
from kortisto.domain.circulation.standing import PatronFacts, RestrictionFacts
from kortisto.domain.holds.queue import ACTIVE, IN_ORDER, KEPT, WANTS_THE_ITEM
from kortisto.domain.patrons.category_kinds import ACCOUNTS
from kortisto.domain.patrons.category_terms import ChargeTerms

QUEUE_COUNTED: Final = 50
FREE_COUNTED: Final = QUEUE_COUNTED - 1  # a queue counted to its end is never met

PATRON_COLUMNS: Final = """
    p.id, p.version, p.category_id, p.home_library_id, p.expires_on, c.active,
    p.card_lost, p.died_on, p.check_address, pc.checks_earlier_loans, p.born_on,
    p.history,
    (SELECT {array}({row}(r.id, rt.name_fi, rt.name_sv, rt.name_en, r.note,
                             rt.binding))
       FROM restriction r JOIN restriction_type rt ON rt.id = r.type_id
      WHERE r.patron_id = p.id AND r.lifted_at IS NULL AND r.starts_on <= %(today)s
        AND (r.ends_on IS NULL OR r.ends_on >= %(today)s)),
    (SELECT {object}(n.item_type_id, n.loans) FROM (
       SELECT l.item_type_id, COUNT(*) AS loans FROM loan l
        WHERE l.patron_id = p.id AND l.returned_at IS NULL
        GROUP BY l.item_type_id) n),
    (SELECT CAST(COALESCE(SUM(po.cents), 0) AS bigint) FROM posting po
      WHERE po.patron_id = p.id AND po.law = 'public'),
    (SELECT CAST(COALESCE(SUM(po.cents), 0) AS bigint)
       FROM guardianship g JOIN posting po ON po.patron_id = g.dependant_id
      WHERE g.guardian_id = p.id AND g.kind IN ('guardian', 'parent')
        AND po.law = 'public'
        AND (g.starts_on IS NULL OR g.starts_on <= %(today)s)
        AND (g.ends_on IS NULL OR g.ends_on >= %(today)s)),
    pc.expired_effect, pc.expired_renewal_effect, pc.kind, pc.charges_bar,
    pc.loan_ban_cents, pc.loan_ban_dependants_cents, pc.loan_ban_guardians_cents,
    CASE WHEN pc.loan_ban_guardians_cents IS NULL THEN 0 ELSE
    (SELECT CAST(COALESCE(SUM(po.cents), 0) AS bigint)
       FROM guardianship g JOIN posting po ON po.patron_id = g.guardian_id
      WHERE g.dependant_id = p.id AND g.kind IN ('guardian', 'parent')
        AND po.law = 'public'
        AND (g.starts_on IS NULL OR g.starts_on <= %(today)s)
        AND (g.ends_on IS NULL OR g.ends_on >= %(today)s)) END,
    pc.expired_hold_effect"""
PATRON_WIDTH: Final = 25
WORDS: Final = {
    "postgresql": {
        "{object}": "jsonb_object_agg",
        "{array}": "jsonb_agg",
        "{row}": "jsonb_build_array",
    },
    "sqlite": {
        "{object}": "json_group_object",
        "{array}": "json_group_array",
        "{row}": "json_array",
    },
}

ITEM_COLUMNS: Final = f"""
    i.id, i.barcode, i.record_id, rec.title, i.item_type_id, i.home_library_id,
    i.library_id, i.changed_at, rec.age_limit, i.not_for_loan, i.lost, i.damaged,
    i.withdrawn, i.restricted, i.parts, i.parts_note, i.replacement_price_cents,
    h.id, CASE WHEN h.state <> 'uncleared' THEN h.patron_id END, t.id,
    t.destination_id,
    (SELECT COUNT(*) FROM (
       SELECT 1 FROM hold q
        WHERE q.record_id = i.record_id AND q.patron_id <> p.id
          AND NOT q.non_urgent AND {ACTIVE} AND {WANTS_THE_ITEM}
        LIMIT {QUEUE_COUNTED}) counted),
    (SELECT q.id FROM hold q
      WHERE q.record_id = i.record_id AND q.patron_id = p.id
        AND {ACTIVE} AND {WANTS_THE_ITEM}
      ORDER BY {IN_ORDER} LIMIT 1),
    EXISTS (SELECT 1 FROM loan b WHERE b.patron_id = p.id
               AND b.record_id = i.record_id AND b.returned_at IS NOT NULL)"""
ITEM_WIDTH: Final = 24

LOAN_COLUMNS: Final = """
    o.id, o.patron_id, o.lent_at, o.due_at, o.renewals, o.rules_library_id,
    o.category_id, o.library_id, o.renewed_at, o.claimed_at, o.recalled_at"""
LOAN_WIDTH: Final = 11

OTHERS_WAIT: Final = f"""
    q.record_id = i.record_id AND q.patron_id <> p.id AND NOT q.non_urgent
    AND {ACTIVE}"""
RENEWAL_COLUMNS: Final = f"""
    (SELECT COUNT(*) FROM (
       SELECT 1 FROM hold q WHERE {OTHERS_WAIT} AND q.wanted_item_id = i.id
        LIMIT {QUEUE_COUNTED}) counted),
    CASE WHEN EXISTS (SELECT 1 FROM hold q WHERE {OTHERS_WAIT}) THEN
      (SELECT {{object}}(n.kind, n.copies) FROM (
         SELECT CAST(f.home_library_id AS text) || ':' || CAST(f.item_type_id AS text)
             AS kind, COUNT(*) AS copies
           FROM (SELECT e.home_library_id, e.item_type_id FROM item e
                  WHERE e.record_id = i.record_id AND e.id <> i.id
                    AND e.not_for_loan = '' AND e.lost = '' AND e.damaged = ''
                    AND e.withdrawn = '' AND e.restricted = ''
                    AND NOT EXISTS (SELECT 1 FROM loan x
                          WHERE x.item_id = e.id AND x.returned_at IS NULL)
                    AND NOT EXISTS (SELECT 1 FROM hold x WHERE x.item_id = e.id
                          AND x.state IN {KEPT})
                    AND NOT EXISTS (SELECT 1 FROM hold q
                          WHERE {OTHERS_WAIT} AND q.wanted_item_id = e.id)
                  LIMIT {FREE_COUNTED}) f
          GROUP BY f.home_library_id, f.item_type_id) n) END"""

ITEM_JOINS: Final = f"""
    LEFT JOIN record rec ON rec.id = i.record_id
    LEFT JOIN hold h ON h.item_id = i.id AND h.state IN {KEPT}
    LEFT JOIN transit t ON t.item_id = i.id
      AND t.arrived_at IS NULL AND t.cancelled_at IS NULL"""

CONFIGURATION: Final = "(SELECT number FROM version WHERE name = 'configuration')"

CHECKOUT_SQL: Final = f"""
    SELECT {CONFIGURATION}, {PATRON_COLUMNS}, {ITEM_COLUMNS}, {LOAN_COLUMNS}
    FROM (SELECT 1 AS one) start
    LEFT JOIN card c ON UPPER(c.number) = %(card)s
    LEFT JOIN patron p ON p.id = c.patron_id AND p.binned_at IS NULL
    LEFT JOIN patron_category pc ON pc.id = p.category_id
    LEFT JOIN item i ON UPPER(i.barcode) = %(barcode)s
    LEFT JOIN loan o ON o.item_id = i.id AND o.returned_at IS NULL
    {ITEM_JOINS}"""

LOAN_SQL: Final = f"""
    SELECT {CONFIGURATION}, {PATRON_COLUMNS}, {ITEM_COLUMNS}, {LOAN_COLUMNS},
      {RENEWAL_COLUMNS}
    FROM loan o
    JOIN item i ON i.id = o.item_id
    JOIN patron p ON p.id = o.patron_id
    LEFT JOIN card c ON c.patron_id = p.id AND c.active
    LEFT JOIN patron_category pc ON pc.id = p.category_id
    {ITEM_JOINS}
    WHERE o.id = %(loan)s AND o.returned_at IS NULL"""


@dataclass(frozen=True, slots=True)
class OtherCopies:
    """What a renewal asks of the title besides the copy itself (CIR-31).

    ``free`` is how many other copies stand on a shelf or are on their way to one, by
    home library and item type: in order, on loan to nobody, trapped by no hold, and
    not the one copy that somebody waits for. Empty when nobody waits. Counted to
    FREE_COUNTED. ``want_this_one`` is how many others wait for the very copy.
    """

    want_this_one: int
    free: Mapping[tuple[int, int], int]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one read brought: the facts, and the number of the configuration."""

    configuration: int
    patron: PatronFacts
    item: ItemFacts
    loan: LoanFacts | None
    others: OtherCopies | None = None  # read for renewals only


def for_checkout(card: str, barcode: str, *, today: date) -> Snapshot:
    """Facts for lending the item to the card's patron.

    Raises Refused with unknown-card, unknown-item or both, or with old-card.
    """
    row = one_row(
        statement(CHECKOUT_SQL),
        {"card": normal(card), "barcode": normal(barcode), "today": today},
    )
    assert row is not None  # noqa: S101 - the statement starts from one row
    unknown = []
    if row[1] is None:
        unknown.append(Refusal(Reason.UNKNOWN_CARD, facts={"card": card.strip()}))
    elif not row[6]:
        unknown.append(Refusal(Reason.OLD_CARD, facts={"card": card.strip()}))
    if row[1 + PATRON_WIDTH] is None:
        unknown.append(Refusal(Reason.UNKNOWN_ITEM, facts={"barcode": barcode.strip()}))
    if unknown:
        raise Refused(unknown)
    return snapshot_of(row)


def for_loan(loan_id: int, *, today: date) -> Snapshot | None:
    """Facts for renewing an open loan; None when there is no such open loan."""
    row = one_row(statement(LOAN_SQL), {"loan": loan_id, "today": today})
    return None if row is None else snapshot_of(row)


def statement(sql: str) -> str:
    """A statement of this module as the database in use wants it."""
    return _of(connection.vendor, sql)


@cache
def _of(vendor: str, sql: str) -> str:
    for place, word in WORDS[vendor].items():
        sql = sql.replace(place, word)
    return sql


def normal(code: str) -> str:
    """A card number or barcode as it is compared: no white space, in capitals.

    A zero character, which PostgreSQL refuses, becomes one that no code has.
    """
    return "".join(code.split()).upper().replace("\0", "\N{REPLACEMENT CHARACTER}")


def snapshot_of(row: Sequence[Any]) -> Snapshot:
    item_at = 1 + PATRON_WIDTH
    loan_at = item_at + ITEM_WIDTH
    end = loan_at + LOAN_WIDTH
    return Snapshot(
        configuration=row[0] or 0,
        patron=patron_facts(row[1:item_at]),
        item=item_facts(row[item_at:loan_at]),
        loan=loan_facts(row[loan_at:end]),
        others=other_copies(row[end:]) if row[end:] else None,
    )


def patron_facts(row: Sequence[Any]) -> PatronFacts:
    expires_on = day_or_none(row[4])
    assert expires_on is not None  # noqa: S101 - the column is not null
    return PatronFacts(
        id=row[0],
        version=row[1],
        category_id=row[2],
        home_library_id=row[3],
        expires_on=expires_on,
        card_active=bool(row[5]),
        card_lost=bool(row[6]),
        died_on=day_or_none(row[7]),
        check_address=bool(row[8]),
        checks_earlier_loans=bool(row[9]),
        born_on=day_or_none(row[10]),
        history=row[11],
        restrictions=_restrictions(row[12]),
        loans_by_type=_counts(row[13]),
        owed_public_cents=row[14],
        owed_by_dependants_cents=row[15],
        expired_effect=row[16] or "",
        expired_renewal_effect=row[17] or "",
        borrows=row[18] not in ACCOUNTS,
        charge_terms=ChargeTerms(
            bar=bool(row[19]), own=row[20], dependants=row[21], guardians=row[22]
        ),
        owed_by_guardians_cents=row[23],
        expired_hold_effect=row[24] or "",
    )


def _restrictions(raw: Any) -> tuple[RestrictionFacts, ...]:
    return tuple(
        RestrictionFacts({"fi": fi, "sv": sv, "en": en}, note, bool(binding))
        for _id, fi, sv, en, note, binding in sorted(from_json(raw or []))
    )


def _counts(raw: Any) -> dict[int, int]:
    return {int(item_type): loans for item_type, loans in from_json(raw or {}).items()}


def other_copies(row: Sequence[Any]) -> OtherCopies:
    free = {}
    for kind, copies in from_json(row[1] or {}).items():
        home, _, item_type = kind.partition(":")
        free[int(home), int(item_type)] = copies
    return OtherCopies(want_this_one=row[0], free=free)


def item_facts(row: Sequence[Any]) -> ItemFacts:
    return ItemFacts(
        id=row[0],
        barcode=row[1],
        record_id=row[2],
        title=row[3],
        item_type_id=row[4],
        home_library_id=row[5],
        library_id=row[6],
        changed_at=moment_or_none(row[7]),
        age_limit=row[8],
        not_for_loan=row[9],
        lost=row[10],
        damaged=row[11],
        withdrawn=row[12],
        restricted=row[13],
        parts=row[14],
        parts_note=row[15],
        replacement_price_cents=row[16],
        trapped_hold_id=row[17] if row[18] is not None else None,
        trapped_for=row[18],
        uncleared_hold_id=row[17] if row[18] is None else None,
        transit_id=row[19],
        transit_to=row[20],
        queue=row[21],
        own_hold_id=row[22],
        borrowed_before=bool(row[23]),
    )


def loan_facts(row: Sequence[Any]) -> LoanFacts | None:
    if row[0] is None:
        return None
    return LoanFacts(
        id=row[0],
        patron_id=row[1],
        lent_at=moment(row[2]),
        due_at=moment(row[3]),
        renewals=row[4],
        rules_library_id=row[5],
        category_id=row[6],
        library_id=row[7],
        renewed_at=moment_or_none(row[8]),
        claimed=row[9] is not None,
        recalled=row[10] is not None,
    )
