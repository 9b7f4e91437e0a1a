"""The plan is made while desks work: nobody waits for it, and it waits for nobody."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from kortisto.core.database import on_postgresql
from kortisto.domain.circulation.actions.checkout import Lent, checkout
from kortisto.domain.circulation.models import Loan
from kortisto.domain.fulfilment.actions.planning import plan_titles
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    desk,
    make_hold,
    make_item,
    make_patron,
    make_record,
    make_rules,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_copy_is_lent_while_its_title_is_being_planned() -> None:
    """A loan names its title, whose row a plan holds until it has been written."""
    if not on_postgresql():
        pytest.skip("one at a time writes to SQLite")
    make_rules({"values": {"loan_period": 28}})
    record = make_record()
    items = [make_item(record=record) for _ in range(2)]
    make_hold(make_patron(), record)
    card, by = card_of(make_patron()), desk()

    def lend() -> Lent:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '3s'")
        try:
            return checkout(card, items[1].barcode, by=by, now=MONDAY_NOON)
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as other_desk:
        assert plan_titles([record.pk], now=MONDAY_NOON) == 1
        lent = other_desk.submit(lend).result()
    assert Loan.objects.get().pk == lent.loan_id
