"""Build the search index of the demo."""

from kortisto.interfaces.cli.progress import Progress


def build_index() -> None:
    """Build it anew from the database, with a bar."""
    from kortisto.domain.catalogue.models import Record
    from kortisto.domain.search.follower import rebuild
    from kortisto.domain.search.queries import engine

    with Progress("Search index", total=Record.objects.count()) as bar:
        rebuild(engine(), progress=bar.reach)
