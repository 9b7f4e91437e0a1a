"""Who may enter an open library, when no staff is there (REQUIREMENTS S27, OMA).

Start reading in rules.py (may this person enter this library now?), then
actions/deciding.py. ``local/`` keeps what a door's machine needs to go on while the
database is away, and decides by the same rule.
"""
