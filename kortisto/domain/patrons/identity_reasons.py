"""Why a personal identity code is not kept, or not shown."""

from django.utils.translation import gettext_lazy as _

from kortisto.core.refusals import Reason


class IdentityReason(Reason):
    PATRON_EXISTS = (
        "patron-exists",
        _("The patron already exists: somebody has this personal identity code."),
    )
    HAS_ANOTHER = (
        "has-another-identity",
        _("The patron has another personal identity code already. Replace it."),
    )
    BORN_ANOTHER_DAY = (
        "born-another-day",
        _(
            "The patron's date of birth is {born_on}, but by the personal identity "
            "code it is {by_code}."
        ),
    )
    NOT_FOR_ORGANISATIONS = (
        "identity-of-organisation",
        _("An organisation has no personal identity code."),
    )
    NONE_IS_KEPT = (
        "no-identity-kept",
        _("The patron's personal identity code is not in the vault."),
    )
    NO_REASON = "no-reason-given", _("Say why.")
    CODE_IN_REASON = (
        "code-in-reason",
        _("Leave personal identity codes out of the reason: it is kept in the log."),
    )
    UNSEEN_IN_REASON = (
        "unseen-in-reason",
        _("The text has characters that cannot be seen."),
    )
    REASON_TOO_LONG = "reason-too-long", _("The reason has at most 200 characters.")
    VAULT_IS_DOWN = (
        "identity-vault-down",
        _(
            "The store of personal identity codes does not answer, and nothing was "
            "saved. Try again in a moment, or save without the code and add it later."
        ),
    )
    VAULT_REFUSES = (
        "identity-vault-refuses",
        _(
            "The store of personal identity codes does not let Kortisto in, and "
            "nothing was saved. Save without the code and tell the administrator."
        ),
    )
