"""What the patron register does by itself."""

from dataclasses import asdict

from kortisto.core.actors import job_actor
from kortisto.core.jobs import JobContext, job
from kortisto.core.schedules import scheduled
from kortisto.domain.patrons.actions.ageing import (
    ask_about_protection,
    hand_bills_on,
    let_grow_up,
)
from kortisto.domain.patrons.actions.binning import empty_bin
from kortisto.domain.patrons.actions.change_requests import forget_answered
from kortisto.domain.patrons.actions.erasures import erase_due
from kortisto.domain.patrons.actions.forgetting import forget_what_is_over
from kortisto.domain.patrons.actions.inactive import announce_inactive
from kortisto.domain.patrons.actions.pin_links import forget_pin_links
from kortisto.domain.patrons.actions.population_records import PatronRecords
from kortisto.domain.patrons.actions.provisional import forget_unclaimed
from kortisto.domain.patrons.actions.reconciling import reconcile
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.population_night import follow_all
from kortisto.domain.patrons.vault import vault

MOST_LISTED = 100


@scheduled("identity-vault-pending", cron="*/15 * * * *", arguments={"pending": True})
@scheduled("identity-vault", cron="10 3 * * *")
@job("patrons.reconcile-identities")
def reconcile_identities(
    context: JobContext, *, pending: bool = False
) -> dict[str, object]:
    """Finish what was interrupted between the register and the identity vault.

    Every quarter of an hour what is pending, every night everything.
    """
    if not vault().is_set_up and not _anybody_has_a_key():
        return {}
    done = reconcile(
        by=job_actor(PatronPermission.REMOVE_IDENTITY),
        now=context.now,
        only_pending=pending,
    )
    return {
        "confirmed": done.confirmed,
        "dropped": done.dropped,
        "held_back": done.held_back,
        "patrons_unknown_to_the_vault": done.unknown[:MOST_LISTED],
    }


@scheduled("population-register", cron="30 1 * * *")
@job("patrons.population-register")
def follow_population_register(context: JobContext) -> dict[str, object]:
    """Bring our patrons up to date with the population register (S10)."""
    return follow_all(context, PatronRecords())


def _anybody_has_a_key() -> bool:
    return Patron.objects.filter(identity_key__isnull=False).exists()


@scheduled("patrons-grow-up", cron="1 0 * * *")
@job("patrons.grow-up")
def grow_up(context: JobContext) -> dict[str, int]:
    """Children grow up, bills find a guardian, old protections are asked about."""
    by = job_actor(PatronPermission.EDIT)
    return {
        "grown": let_grow_up(by=by, now=context.now),
        "bills_handed_on": hand_bills_on(by=by, now=context.now),
        "protections_over": ask_about_protection(by=by, now=context.now),
    }


@scheduled("patrons-forget-web", cron="40 0 * * *")
@job("patrons.forget-web")
def forget_web(context: JobContext) -> dict[str, int]:
    """Forget registrations on the web that nobody came for, and answered requests."""
    by = job_actor(PatronPermission.EDIT, PatronPermission.REMOVE_IDENTITY)
    return {
        "unclaimed": forget_unclaimed(by=by, now=context.now),
        "requests": forget_answered(now=context.now),
    }


@scheduled("patrons-forget-old", cron="30 2 * * *")
@job("patrons.forget-old")
def forget_old(context: JobContext) -> dict[str, int]:
    """Forget restrictions, notes and values of records that are over (GDP-1)."""
    by = job_actor(PatronPermission.EDIT)
    return asdict(forget_what_is_over(by=by, now=context.now))


@scheduled("patrons-forget-pin-links", cron="40 2 * * *")
@job("patrons.forget-pin-links")
def forget_links(context: JobContext) -> dict[str, int]:
    """Forget links to a new PIN that nobody used in time."""
    return {"links": forget_pin_links(now=context.now)}


@scheduled("empty-bin", cron="40 3 * * *")
@job("patrons.empty-bin")
def empty_the_bin(context: JobContext) -> dict[str, int]:
    """Erase those who have been in the bin for its days (PAT-13)."""
    by = job_actor(PatronPermission.ERASE)
    return asdict(empty_bin(by=by, now=context.now, context=context))


@scheduled("erase-patrons", cron="20 3 * * *")
@job("patrons.erase")
def erase_patrons(context: JobContext) -> dict[str, int]:
    """Erase those who have asked for it and whose days to take it back are over."""
    by = job_actor(PatronPermission.ERASE)
    return asdict(erase_due(by=by, now=context.now, context=context))


@scheduled("inactive-patrons", cron="40 4 15 * *")
@job("patrons.inactive")
def find_inactive(context: JobContext) -> dict[str, int]:
    """Every month: tell who has not used the library for years that they are erased."""
    by = job_actor(PatronPermission.ERASE)
    return asdict(announce_inactive(by=by, now=context.now))
