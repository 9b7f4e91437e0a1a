"""What ``kortisto check`` asks of the patron register."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kortisto.core.checks import Finding, check
from kortisto.core.failures import AdapterError
from kortisto.domain.patrons.actions.reconciling import patrons_without_code
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.vault import vault

MOST_TOLD = 20


@check("identity-vault", gettext_lazy("The identity vault answers and knows its keys."))
def the_vault_knows_the_keys() -> Iterable[Finding]:
    """Nothing is wrong where no vault was set up and no patron has a key."""
    having = Patron.objects.filter(identity_key__isnull=False)
    if not vault().is_set_up and not having.exists():
        return
    try:
        vault().ping()
        unknown = list(patrons_without_code(vault()))
    except AdapterError as error:
        yield Finding(
            _("The identity vault cannot be asked: {error}").format(error=error),
            _("Run: kortisto vault serve (kortisto vault status says more)"),
        )
        return
    for patron_id in unknown[:MOST_TOLD]:
        yield Finding(
            _("The identity vault does not have the key of patron {id}.").format(
                id=patron_id
            ),
            _("Restore the vault from its backup, or ask the patron's code again."),
        )
    if len(unknown) > MOST_TOLD:
        more = _("... and the keys of {number} more patrons.")
        yield Finding(
            more.format(number=len(unknown) - MOST_TOLD),
            _("Restore the vault from its backup."),
        )
