"""What Kortisto asks of the connection to its database."""

import pytest
from django.db import connection

from kortisto.core.database import on_postgresql


@pytest.mark.django_db
def test_postgresql_compiles_no_statement_of_ours() -> None:
    """Before it has statistics it would, at a second for each check-in."""
    if not on_postgresql():
        pytest.skip("only PostgreSQL compiles statements")
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)
