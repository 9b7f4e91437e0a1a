"""The tables that are written in bulk, with the columns that rows bring."""

from typing import Final

from kortisto.core.models import LoggedEvent
from kortisto.domain.catalogue.models import Item, Record, RecordIdentifier
from kortisto.domain.circulation.models import Loan
from kortisto.domain.fees.models import Charge, JournalEntry, Posting
from kortisto.domain.holds.models import Hold, Transit
from kortisto.domain.patrons.models import (
    Card,
    Guardianship,
    MessageChoice,
    Patron,
    PatronNote,
    PatronWord,
    Restriction,
)
from kortisto.interfaces.cli.demo.bulk import Table


class Tables:
    """Made once Django is ready."""

    def __init__(self) -> None:
        self.patrons: Final = Table(
            Patron,
            (
                "id surname first_names born_on category_id home_library_id language "
                "street postal_code city phone email registered_on expires_on "
                "check_address card_lost history created_at hold_identifier"
            ).split(),
            also={"source": "migration", "registered_by": "migration"},
        )
        self.words: Final = Table(PatronWord, ("patron_id", "key"))
        self.cards: Final = Table(Card, ("patron_id", "number", "since_on"))
        self.guardianships: Final = Table(
            Guardianship,
            "guardian_id name dependant_id kind order gets_bills starts_on".split(),
        )
        self.choices: Final = Table(
            MessageChoice, ("patron_id", "kind", "transport", "days")
        )
        self.notes: Final = Table(
            PatronNote, ("patron_id", "audience", "text", "author", "written_at")
        )
        self.restrictions: Final = Table(
            Restriction,
            ("patron_id", "type_id", "note", "starts_on", "made_by", "made_at"),
        )
        self.records: Final = Table(
            Record,
            (
                "id control_number control_source marc title title_sort responsibility "
                "author material language year ykl juvenile fiction age_limit work_key "
                "description first_public_at created_at changed_at"
            ).split(),
            also={"source": "demo"},
        )
        self.identifiers: Final = Table(
            RecordIdentifier, ("record_id", "kind", "value")
        )
        self.items: Final = Table(
            Item,
            (
                "id record_id barcode home_library_id library_id item_type_id location "
                "sub_location collection shelf_class heading call_number "
                "call_number_sort enumchron acquired_on price_cents "
                "replacement_price_cents not_for_loan not_for_loan_at lost lost_at "
                "last_seen_at last_borrowed_at created_at changed_at"
            ).split(),
        )
        self.loans: Final = Table(
            Loan,
            (
                "id item_id record_id patron_id category_id item_type_id library_id "
                "rules_library_id title barcode lent_at lent_by channel due_at "
                "renewals renewed_at rule_version trace returned_at returned_by "
                "returned_library_id ending"
            ).split(),
        )
        self.holds: Final = Table(
            Hold,
            (
                "patron_id record_id item_id pickup_library_id state placed_at "
                "counts_from pickup_until"
            ).split(),
        )
        self.transits: Final = Table(
            Transit, ("item_id", "origin_id", "destination_id", "sent_at")
        )
        self.charges: Final = Table(
            Charge,
            (
                "id patron_id type_id library_id municipality_id loan_id loan_period "
                "item_id title trace made_by made_at frozen_at"
            ).split(),
        )
        self.entries: Final = Table(
            JournalEntry, "id kind key actor library_id happened_at".split()
        )
        self.postings: Final = Table(
            Posting,
            "entry_id account cents charge_id patron_id law municipality_id".split(),
        )
        self.events: Final = Table(
            LoggedEvent,
            "kind body actor unit_id channel patron_id happened_at".split(),
        )

    @property
    def large(self) -> tuple[Table, ...]:
        """Those whose indexes are made when the rows are there."""
        return (
            self.patrons,
            self.words,
            self.cards,
            self.guardianships,
            self.choices,
            self.records,
            self.identifiers,
            self.items,
            self.loans,
            self.holds,
            self.charges,
            self.entries,
            self.postings,
        )
