"""Libraries that close for a time, and due dates that are moved for many at once."""
