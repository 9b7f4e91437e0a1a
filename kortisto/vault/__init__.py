"""The identity vault: the one place where personal identity codes are kept.

A service of its own with its own database, keys and accounts. It imports nothing else
of Kortisto, and only its client (``adapters/identity_vault``) and its command
(``kortisto vault``) import it. Start reading at ``store.py``; ``service.py`` is the
door, ``docs/decisions/0011-identity-vault.md`` says why.
"""
