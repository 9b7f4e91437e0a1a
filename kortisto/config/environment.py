"""Read the environment: one typed reader for each kind of value."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlparse

from django.core.exceptions import ImproperlyConfigured

SQLITE_PRAGMAS = """
    PRAGMA journal_mode=WAL;
    PRAGMA synchronous=FULL;
    PRAGMA cache_size=-65536;
    PRAGMA mmap_size=1073741824;
    PRAGMA temp_store=MEMORY;
"""


def env(name: str, default: str) -> str:
    """The variable's value; an empty one counts as absent."""
    return os.environ.get(name) or default


def secret_key(data_dir: Path) -> str:
    """KORTISTO_SECRET_KEY, or a key made once and kept in the data directory.

    The file is created for its owner only; two processes that start at the same
    moment end up with the same key, since only one of them can create it.
    """
    given = os.environ.get("KORTISTO_SECRET_KEY")
    if given:
        return given
    path = data_dir / "secret_key"
    data_dir.mkdir(parents=True, exist_ok=True)
    fresh = data_dir / f".secret_key.{os.getpid()}"
    if not path.exists():
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text()


def database(url: str) -> dict[str, Any]:
    """Django's settings for ``sqlite:///path`` or ``postgresql://user:pw@host/db``.

    SQLite commits with synchronous=FULL: what was acknowledged survives also a
    power cut (promise 10 in the design).
    """
    parts = urlparse(url)
    if parts.scheme == "sqlite":
        path = unquote(parts.path)
        name = path.removeprefix("/") if path == "/:memory:" else path
        if name.startswith("/"):
            Path(name).parent.mkdir(parents=True, exist_ok=True)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": name,
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": SQLITE_PRAGMAS,
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        query = dict(parse_qsl(parts.query))
        # Compiling a statement takes a second, which pays for none of ours: PostgreSQL
        # tries it where it has no statistics yet.
        options = f"-c jit=off {query.pop('options', '')}".strip()
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")) or "kortisto",
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": query.pop("host", None) or parts.hostname or "",
            "PORT": str(parts.port or query.pop("port", "")),
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {
                "server_side_binding": True,
                "prepare_threshold": 2,
                "options": options,
                **query,
            },
        }
    message = (
        "KORTISTO_DATABASE_URL must look like sqlite:///path or "
        f"postgresql://user:password@host:port/name, not {parts.scheme}://..."
    )
    raise ImproperlyConfigured(message)
