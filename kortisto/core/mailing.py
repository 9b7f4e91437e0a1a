"""Whether e-mail can be sent at all. Only messages send it (``domain/notices``)."""

from kortisto.core.mail import mail_service


def mail_is_sent() -> bool:
    """Whether this installation has been told where to hand mail over."""
    return mail_service().is_set_up
