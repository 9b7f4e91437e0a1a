"""What this app can take back (``core/undo.py`` looks here)."""

from kortisto.domain.patrons.actions import merge

__all__ = ["merge"]
