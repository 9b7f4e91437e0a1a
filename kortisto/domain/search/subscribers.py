"""What the worker of each machine does for the index of that machine."""

import logging
import threading
from datetime import datetime, timedelta

from django.db import connection

from kortisto.core.background import background
from kortisto.domain.search import follower, queries
from kortisto.domain.search.ports import (
    IndexIsWritten,
    SearchEngine,
    SearchUnavailable,
)

logger = logging.getLogger(__name__)


@background("search-index", every=timedelta(seconds=0.7))
def keep_the_index(_now: datetime) -> bool:
    """Follow the log in small commits; build the index when there is none."""
    engine = queries.engine()
    try:
        return follower.follow(engine)
    except SearchUnavailable as trouble:
        _builder.begin(engine, trouble)
    except IndexIsWritten:
        logger.debug("another worker of this machine keeps the index")
    return False


@background("search-comparison", every=timedelta(seconds=15))
def compare_the_index(_now: datetime) -> bool:
    """Go through the collection over and over, a little at a time, and mend."""
    try:
        _comparison.step(queries.engine())
    except (SearchUnavailable, IndexIsWritten):
        logger.debug("the index cannot be compared now")
    return False


class _Comparison:
    """How far the comparison has come: 300,000 titles take some three hours."""

    def __init__(self) -> None:
        self._after = 0

    def step(self, engine: SearchEngine) -> None:
        done = follower.compare(engine, after=self._after)
        self._after = done.last_id
        if done.mended or done.removed:
            logger.warning(
                "the search index was wrong: %s titles mended, %s removed",
                done.mended,
                done.removed,
            )


class _Builder:
    """Builds a missing index in a thread of its own, so that nothing waits for it."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None

    def begin(self, engine: SearchEngine, trouble: SearchUnavailable) -> None:
        if self._thread is not None and self._thread.is_alive():
            return
        logger.warning("%s It is being built now.", trouble)
        self._thread = threading.Thread(
            target=self._build, args=(engine,), name="search-rebuild", daemon=True
        )
        self._thread.start()

    def _build(self, engine: SearchEngine) -> None:
        try:
            titles = follower.rebuild(engine)
            logger.warning("the search index was built: %s titles", titles)
        except IndexIsWritten:
            logger.info("another process is building the search index")
        except Exception:
            logger.exception("the search index could not be built")
        finally:
            connection.close()


_builder, _comparison = _Builder(), _Comparison()
