"""Find the events of a loan: they are emptied when it is forgotten.

By hand, because the expression must stand in the statements as it stands here: see
``actions/emptying.py``.
"""

from typing import Any

from django.db import migrations

LOAN = {
    "postgresql": "((body->>'loan_id')::bigint)",
    "sqlite": "(json_extract(body, '$.loan_id'))",
}


def make_index(_apps: Any, schema_editor: Any) -> None:
    loan = LOAN[schema_editor.connection.vendor]
    schema_editor.execute(
        f"CREATE INDEX event_of_loan ON event ({loan}) WHERE {loan} IS NOT NULL"
    )


def drop_index(_apps: Any, schema_editor: Any) -> None:
    schema_editor.execute("DROP INDEX event_of_loan")


class Migration(migrations.Migration):

    dependencies = [
        ("circulation", "0002_loans_to_blur"),
        ("core", "0004_sealed_content"),
    ]

    operations = [migrations.RunPython(make_index, drop_index)]
