"""Why a text cannot be saved or a message cannot be written."""

from django.utils.translation import gettext_lazy as _

from kortisto.core import refusals


class Reason(refusals.Reason):
    SUBJECT_IS_EMPTY = "subject-is-empty", _("A message needs a subject.")
    TEXT_IS_EMPTY = "text-is-empty", _("The message says nothing.")
    TOO_LONG = "message-too-long", _("At most {most} characters fit here.")
    BAD_TEXT = "bad-text", _("{why}")
    UNKNOWN_VARIABLE = (
        "unknown-variable",
        _("There is no variable “{name}” in this message. There are: {known}."),
    )
    VARIABLE_IS_MISSING = (
        "variable-is-missing",
        _("The text must have the variable “{name}”."),
    )
    SECRET_IN_SUBJECT = (
        "secret-in-subject",
        _("“{name}” cannot stand in the subject: others may see it there."),
    )
    STRAY_BRACE = (
        "stray-brace",
        _("A curly bracket stands alone. A variable is written so: {example}."),
    )
    NO_EMAIL_ADDRESS = (
        "no-email-address",
        _("There is no e-mail address on the record: write to the web account."),
    )
    NO_MAIL_SERVICE = (
        "no-mail-service",
        _("This installation sends no e-mail: write to the web account."),
    )
    NO_WEB_ACCOUNT = (
        "no-web-account",
        _("The patron has no PIN, so nobody can read messages on the web."),
    )
    NOT_IN_USE = "record-not-in-use", _("Nobody can be written to by this record.")
    UNKNOWN_TEMPLATE = "unknown-template", _("There is no such template.")
    CHANGED_MEANWHILE = (
        "text-changed-meanwhile",
        _("Somebody else has saved this text meanwhile. Look at theirs first."),
    )
