"""MARC 21 records as plain tuples: reading, writing, judging. No Django here."""
