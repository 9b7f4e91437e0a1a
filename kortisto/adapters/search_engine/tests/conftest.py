from pathlib import Path

import pytest

from kortisto.adapters.search_engine.memory import MemoryEngine
from kortisto.adapters.search_engine.tantivy_engine import TantivyEngine
from kortisto.adapters.search_engine.tests.titles import TITLES
from kortisto.domain.search.ports import SearchEngine


@pytest.fixture(params=["memory", "tantivy"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> SearchEngine:
    """Each engine in turn, with the small collection in it."""
    made: SearchEngine = (
        MemoryEngine() if request.param == "memory" else TantivyEngine(tmp_path)
    )
    made.rebuild(TITLES, position="0")
    return made
