"""What both databases compute of a column, for indexes and for those who ask them.

Nothing here has parameters: an index is used only for an expression that is written
exactly as it was.
"""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Func
from django.db.models.sql.compiler import SQLCompiler
from typing_extensions import override


class HoldKey(Func):
    """A hold identifier as it is compared: no spaces, in capitals (S23).

    SQLite knows the capitals of a to z only; å, ä and ö are turned by hand.
    """

    template = (
        "REPLACE(REPLACE(REPLACE(UPPER(REPLACE(%(expressions)s, ' ', '')),"
        " 'å', 'Å'), 'ä', 'Ä'), 'ö', 'Ö')"
    )
    output_field = CharField()


class LastFour(Func):
    """The last four characters, by which a self-service shelf may be ordered."""

    template = "RIGHT(%(expressions)s, 4)"
    output_field = CharField()

    @override
    def as_sqlite(
        self,
        compiler: SQLCompiler,
        connection: BaseDatabaseWrapper,
        **extra_context: Any,
    ) -> tuple[str, Any]:
        template = "SUBSTR(%(expressions)s, -4)"
        return self.as_sql(compiler, connection, template=template, **extra_context)
