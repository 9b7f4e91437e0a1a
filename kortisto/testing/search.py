"""The search index in tests of pages."""

from kortisto.domain.search.follower import rebuild
from kortisto.domain.search.queries import engine


def index_everything() -> int:
    """Let every title that the database has now be found. Gives their number."""
    return rebuild(engine())
