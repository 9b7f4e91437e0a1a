"""A provider of strong identification, by OpenID Connect, with invented people.

It signs and seals by itself, so that a mistake in our reading is not repeated here.
"""
