"""The doors of open libraries: may this card enter now (REQUIREMENTS OMA).

``service`` asks the database, and this machine's copy when the database is away;
``views`` is HTTP; ``keeping`` keeps the copy new while the process lives.
"""
