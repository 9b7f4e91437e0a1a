"""The command line: parse, call an action or a query, print. It decides nothing.

``main.py`` is the console script; each command is a module with ``arguments`` and
``run``. Nothing heavy is imported before a command runs, so that ``--help`` is quick.
"""
