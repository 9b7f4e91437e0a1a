"""Build the demo consortium in an empty database."""

import logging
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localdate

from kortisto.core.actors import Actor, job_actor
from kortisto.core.followers import follow, followers
from kortisto.core.permissions import all_permissions
from kortisto.domain.circulation.due import HELSINKI
from kortisto.domain.fulfilment.actions.planning import plan_everything
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.org.models import Staff
from kortisto.domain.patrons.settings import ASK_AT_DESK
from kortisto.interfaces.cli.demo.accounts import ACCOUNTS, open_accounts
from kortisto.interfaces.cli.demo.bulk import hurry, quickly
from kortisto.interfaces.cli.demo.chunk import Chunk, Maker
from kortisto.interfaces.cli.demo.codes import write_codes
from kortisto.interfaces.cli.demo.consortium import found
from kortisto.interfaces.cli.demo.first_steps import write_first_steps
from kortisto.interfaces.cli.demo.indexing import build_index
from kortisto.interfaces.cli.demo.lending_rules import publish_rules
from kortisto.interfaces.cli.demo.parallel import in_order
from kortisto.interfaces.cli.demo.people import People
from kortisto.interfaces.cli.demo.register_people import ASKING
from kortisto.interfaces.cli.demo.scale import SCALES, Scale
from kortisto.interfaces.cli.demo.tables import Tables
from kortisto.interfaces.cli.demo.world import gather
from kortisto.interfaces.cli.demo.writing import Writer
from kortisto.interfaces.cli.progress import Progress

IN_ONE_PROCESS: Final = 1_000  # titles that are not worth a second process
_maker: Maker | None = None


def build(*, scale: str, seed: int, now: datetime) -> None:
    """Build it all; the same seed and day give the same consortium.

    Raises KeyError for a scale that there is not. What it leaves after a failure is
    of no use: the caller throws the database away.
    """
    size = SCALES[scale]
    today = localdate(now)
    by = job_actor(*all_permissions())
    with Progress("Libraries, rules and accounts"), transaction.atomic():
        units = _consortium(today_at=now, by=by)
    desk = Staff.objects.get(username=ACCOUNTS[0].username)
    world = gather(size, seed, today, desk=f"staff:{desk.pk}")
    tables = Tables()
    writer = Writer(world, tables)
    with quickly(tables.large):
        _people(writer, size)
        _titles(writer, size)
    writer.events()
    notes = write_first_steps(world, units, by=by, now=now)
    with Progress("Copies to fetch"):
        plan_everything(now=now)
    _follow(now)
    build_index()
    notes.write(settings.DATA_DIR)


def _consortium(*, today_at: datetime, by: Actor) -> dict[str, int]:
    today = localdate(today_at)
    begun = datetime(today.year - 4, 1, 1, 8, 0, tzinfo=HELSINKI)
    units = found(today=today, by=by, now=begun)
    set_setting(units[ASKING], ASK_AT_DESK, value=True, by=by, now=begun)
    write_codes()
    publish_rules(units, today=today, by=by)
    open_accounts(units, since=begun.date(), by=by, now=begun)
    return units


def _people(writer: Writer, scale: Scale) -> None:
    world = writer.world
    since = f"{world.today - timedelta(days=40)}"
    everybody = People(world.seed, scale.patrons, world.today)
    with Progress("Patrons", total=scale.patrons) as bar:
        for added in writer.people(everybody, since=since):
            bar.advance(added)


def _titles(writer: Writer, scale: Scale) -> None:
    """Titles with everything that hangs on them, made by every core at once."""
    starts = range(0, scale.titles, scale.chunk)
    parts = [(start, min(start + scale.chunk, scale.titles)) for start in starts]
    global _maker
    _maker = Maker(writer.world)
    alone = scale.titles <= IN_ONE_PROCESS
    chunks = map(_made, parts) if alone else in_order(_made, parts)
    with Progress("Titles, items and loans", total=scale.titles) as bar:
        for chunk in chunks:
            hurry()  # the connection may be a new one
            writer.chunk(chunk)
            bar.advance(len(chunk.records))


def _made(part: tuple[int, int]) -> Chunk:
    assert _maker is not None  # noqa: S101 - set before the workers start
    return _maker.chunk(*part)


def _follow(now: datetime) -> None:
    """Let the followers read the log, so that a new demo has nothing to catch up."""
    sealing = logging.getLogger("kortisto.core.audit")
    before = sealing.level
    sealing.setLevel(logging.WARNING)  # each seal is news in a live library only
    with Progress("Following the event log") as bar:
        for each in followers():
            while follow(each.name, now=now):
                bar.advance()
    sealing.setLevel(before)
