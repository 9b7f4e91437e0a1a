"""The patron's account. Start reading in models.py, then actions/journal.py."""
