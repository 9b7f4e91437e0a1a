"""The same batch comes twice in the same moment."""

from functools import partial

import pytest

from kortisto.core.models import Errand
from kortisto.domain.circulation.models import Loan
from kortisto.domain.offline.actions.merging import Answer
from kortisto.domain.offline.models import Deed
from kortisto.domain.offline.tests.bus import brought, kit_of_the_bus, lent, send
from kortisto.testing.builders import card_of, make_item, make_patron
from kortisto.testing.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_batch_twice_at_once_is_recorded_once() -> None:
    kit, card = kit_of_the_bus(), card_of(make_patron())
    items = [make_item() for _ in range(4)]
    work = [lent(card, item.barcode, n) for n, item in enumerate(items, 1)]
    work += [brought(items[0].barcode, 30), lent("NOBODY", items[1].barcode, 31)]

    answers = at_once(*(partial(send, kit, *work) for _ in range(3)))

    first = answers[0]
    assert isinstance(first, list)
    assert all(isinstance(one, Answer) and not one.again for one in first)
    assert all(other == first for other in answers)
    assert Loan.objects.count() == 4
    assert Loan.objects.filter(returned_at=None).count() == 3
    assert Errand.objects.count() == 1
    assert Deed.objects.count() == len(work)
