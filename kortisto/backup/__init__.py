"""Backups of an installation: one sealed file with the database and the kept files.

About the installation and not about the library: it imports nothing else of Kortisto,
and only its command (``kortisto backup``) imports it. Start reading at ``making.py``
and ``restoring.py``; ``sealing.py`` is the encryption, ``package.py`` what is inside,
``sqlite.py`` and ``postgresql.py`` the two kinds of database.
"""
