"""What the vault holds, in numbers."""

from dataclasses import dataclass
from pathlib import Path

from kortisto.vault import database


@dataclass(frozen=True, slots=True)
class Overview:
    codes: int
    pending: int
    key_made_at: int  # seconds since 1970
    retired_keys: int  # left by a rotation that did not end
    resolves: int


def overview(path: Path) -> Overview:
    own = database.opened(path)
    try:
        with own.reading() as connection:
            row = connection.execute(
                """SELECT (SELECT count(*) FROM code),
                    (SELECT count(*) FROM code WHERE confirmed = 0),
                    (SELECT made_at FROM wrapped_key
                        WHERE purpose = 'data' AND active = 1),
                    (SELECT count(*) FROM wrapped_key WHERE active = 0),
                    (SELECT count(*) FROM log WHERE what = 'resolve')"""
            ).fetchone()
    finally:
        own.close()
    return Overview(*row)
