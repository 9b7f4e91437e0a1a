"""The queue, the hold shelf, journeys. Start reading in models.py."""
