"""What can be allowed with messages."""

from django.utils.translation import gettext_lazy as _

from kortisto.core.permissions import Permission


class NoticePermission(Permission):
    WRITE = "notices.write", _("Write messages to patrons")
    EDIT_TEXTS = "notices.edit-texts", _("Change the texts of messages")
