"""What this app can take back (``core/undo.py`` looks here)."""

from kortisto.domain.circulation.actions import undoing

__all__ = ["undoing"]
