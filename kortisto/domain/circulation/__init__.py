"""Lending, renewing, taking back.

Start reading in rules.py (may this be lent?), then due.py and fines.py (until when,
how much), then actions/. Facts are read in one statement by facts.py.
"""
