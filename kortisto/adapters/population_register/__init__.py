"""The population register of the Digital and Population Data Services Agency (DVV).

``register.py`` keeps the Protocol of ``domain/patrons/ports.py`` with two services:
the change service (``changes.py``: JSON) and the single query (``single_query.py``:
SOAP). ``sending.py`` is the only one that opens a connection. To try it without a
permit: ``kortisto simulate population-register``.
"""
