"""The patron register, as far as lending needs it. Start reading in models.py."""
