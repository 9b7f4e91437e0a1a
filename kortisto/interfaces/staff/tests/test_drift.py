"""Staff see where floating items have gone (HLD-50)."""

import pytest

from kortisto.domain.catalogue.models import Item
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import make_item, make_library

pytestmark = pytest.mark.django_db


def test_each_library_tells_what_came_what_went_and_the_balance() -> None:
    client = at_work()
    empty = client.get("/drift/").content.decode()
    assert "Every item stands at its own library" in empty

    item = make_item(library=make_library())
    Item.objects.filter(pk=item.pk).update(library=make_library("SVL"))

    found = client.get("/drift/").content.decode()
    assert "SVL" in found
    assert "+1" in found
    assert "-1" in found


def test_who_may_not_see_the_collection_does_not_see_it() -> None:
    reader = at_work(make_staff("reader", may=(PatronPermission.SEE,)))
    assert reader.get("/drift/").status_code == 403
