"""Why a change of the organisation is refused."""

from django.utils.translation import gettext_lazy as _

from kortisto.core import refusals
from kortisto.core.refusals import Refusal, Refused


class Reason(refusals.Reason):
    CODE_TAKEN = "code-taken", _("The code {code} is already in use.")
    CODE_FORM = "code-form", _("A code has only letters a-z, digits and hyphens.")
    NAME_MISSING = "name-missing", _("The Finnish name is missing.")
    NEEDS_PARENT = "needs-parent", _("Only a consortium stands at the top.")
    OWN_ANCESTOR = "own-ancestor", _("A unit cannot be moved below itself.")
    ALREADY_MEMBER = "already-member", _("The unit is a member from {starts_on}.")
    NOT_MEMBER = "not-member", _("The unit is not a member now.")
    NOT_LIBRARY = "not-library", _("{unit} is not a library.")
    NO_BOOKMOBILE = "no-bookmobile", _("{unit} is not a bookmobile.")
    STOP_HAS_NAME = "stop-has-name", _("There is a stop called {name} already.")
    LEAVES_BEFORE_IT_COMES = (
        "leaves-before-it-comes",
        _("The bookmobile leaves after it has come."),
    )
    DATES_BACKWARDS = "dates-backwards", _("The last day is before the first.")
    NO_LIBRARIES = "no-libraries", _("Choose at least one library.")
    TEXT_MISSING = "text-missing", _("The Finnish text is missing.")
    CLOSED_ALREADY = (
        "closed-already",
        _(
            "{library} is already closed {starts_on}–{ends_on}: change that closure, "
            "or choose other days."
        ),
    )
    ELSEWHERE_ALREADY = (
        "elsewhere-already",
        _(
            "{library} is at other premises already {starts_on}–{ends_on}: change "
            "those, or choose other days."
        ),
    )
    ONE_LIBRARY_MOVES = (
        "one-library-moves",
        _("Other premises are of one library at a time."),
    )
    ADDRESS_MISSING = (
        "address-missing",
        _("Say where the library works meanwhile: its street address and town."),
    )
    LEFT_STATUS_MISSING = (
        "left-status-missing",
        _("Say what the items that stay behind are meanwhile."),
    )
    HOURS_UNKNOWN = (
        "hours-unknown",
        _("Write the ordinary opening hours of the library first."),
    )
    NO_PICKUP_WHILE_CLOSED = (
        "no-pickup-while-closed",
        _("Holds cannot be collected at {library}: it is closed itself then."),
    )
    HAS_BEGUN = "has-begun", _("Only a closure that is not in force can be changed.")
    CLOSED_BEFORE_TODAY = (
        "closed-before-today",
        _("These days have gone by: the last one is today or later."),
    )
    HOURS_BACKWARDS = "hours-backwards", _("Closing time is not after opening time.")
    HOURS_OVERLAP = "hours-overlap", _("Two openings of the same day overlap.")
    NO_WEEKDAY = "no-weekday", _("Choose the weekdays on which the van drives.")
    TOO_FEW_STOPS = (
        "too-few-stops",
        _("A round calls at two libraries at least."),
    )
    STOPS_OUT_OF_ORDER = (
        "stops-out-of-order",
        _("Each stop is later than the one before; the one at {at} is not."),
    )
    SAME_STOP_TWICE = (
        "same-stop-twice",
        _("Two stops after one another are both at {unit}."),
    )
    BAD_VALUE = "bad-value", _("{why}")
    UNKNOWN_PERMISSION = (
        "unknown-permission",
        _("There is no such permission: {permission}."),
    )
    GIVES_MORE = (
        "gives-more",
        _("The role allows more than you may yourself there: {permissions}."),
    )
    MAY_MORE = (
        "may-more",
        _("{name} may do more than you may; ask somebody who may as much."),
    )
    GRANT_ENDS_EARLIER = (
        "grant-ends-earlier",
        _("The role is given until {ends_on} only; to make it longer, give it anew."),
    )
    LAST_MANAGER = (
        "last-manager",
        _("After this nobody could give roles at {unit}."),
    )
    LAST_MANAGER_OF_ALL = (
        "last-manager-of-all",
        _(
            "After this nobody could give roles in the whole consortium: give this "
            "permission to somebody by another role first."
        ),
    )
    PROVEN_TWICE = (
        "proven-twice",
        _("A role that gives roles or reads the audit log needs a second factor."),
    )
    CHANGED_MEANWHILE = (
        "changed-meanwhile",
        _("Somebody else has changed the role meanwhile. Look at it again."),
    )
    ROLE_IN_USE = (
        "role-in-use",
        _("{people} people have the role. End it for each of them first."),
    )
    OWN_ROLE = (
        "own-role",
        _("Somebody else confirms your own roles: {managers}."),
    )
    NOT_IN_REVIEW = "not-in-review", _("The role is not part of this review.")
    ACCOUNT_REMOVED = (
        "account-removed",
        _("The account has been removed; open a new one."),
    )
    LABEL_MISSING = "label-missing", _("Give the workstation a name.")
    LABEL_TAKEN = (
        "label-taken",
        _("The unit already has a workstation that is called {label}."),
    )
    CODE_UNKNOWN = (
        "code-unknown",
        _("The code is wrong, has been used or is too old."),
    )
    WORKSTATION_REMOVED = (
        "workstation-removed",
        _("The workstation has been taken out of use; add it anew."),
    )
    USERNAME_TAKEN = "username-taken", _("The user name {username} is already in use.")
    USERNAME_FORM = "username-form", _("A user name has no spaces and is not empty.")
    PASSWORD_SHORT = (
        "password-short",
        _("A password has at least {least} characters."),
    )
    PASSWORD_WEAK = (
        "password-weak",
        _("The password is too easy to guess: it repeats itself or the user name."),
    )
    WRONG_PASSWORD = "wrong-password", _("The user name or the password is wrong.")
    ACCOUNT_LOCKED = (
        "account-locked",
        _("Too many wrong attempts: try again after {until}."),
    )
    WRONG_CODE = "wrong-code", _("The code is wrong or has already been used.")
    KEY_NOT_PROVEN = (
        "key-not-proven",
        _("The passkey was not accepted. Try again, or use another way."),
    )
    NOT_LINKED = (
        "not-linked",
        _(
            "No account here is linked to it. Log in with your password, and link it "
            "on the page of your own account."
        ),
    )
    LINKED_TO_ANOTHER = (
        "linked-to-another",
        _("It is linked to another account here already."),
    )
    NOT_ENROLLED = "not-enrolled", _("No second factor has been set up.")
    ALREADY_ENROLLED = "already-enrolled", _("A second factor is already in use.")


def refused(reason: Reason, **facts: object) -> Refused:
    """The exception for one reason that nobody can set aside."""
    return Refused([Refusal(reason, facts=facts)])
