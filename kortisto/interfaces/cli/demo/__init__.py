"""The demo consortium: real places and titles, invented people, two years of loans."""
