"""Trouble with a backup that somebody at a terminal can mend."""


class BackupTrouble(Exception):
    """What was asked of a backup cannot be done, and why, in words."""
