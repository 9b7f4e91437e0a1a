"""What Kortisto asks of the connection to its database."""

import pytest
from django.db import connection

from kortisto.config.environment import database
from kortisto.core.database import on_postgresql


@pytest.mark.django_db
def test_postgresql_compiles_no_statement_of_ours() -> None:
    """Before it has statistics it would, at a second for each check-in."""
    asked = database("postgresql://kortisto:secret@db/kortisto")["OPTIONS"]
    assert asked["options"] == "-c jit=off"

    if on_postgresql():
        with connection.cursor() as cursor:
            cursor.execute("SHOW jit")
            assert cursor.fetchone() == ("off",)


def test_options_of_the_address_join_ours() -> None:
    asked = database("postgresql://db/kortisto?options=-c%20work_mem%3D64MB")
    assert asked["OPTIONS"]["options"] == "-c jit=off -c work_mem=64MB"
