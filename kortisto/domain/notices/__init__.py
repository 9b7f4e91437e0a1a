"""Every message to a patron: what it says, where it went, what became of it (S36).

Start reading in kinds.py (what a message is), then patron_kinds.py (those that there
are), subscribers.py (what makes one be written) and actions/sending.py (how it leaves).
"""
