"""Which account of a municipality is which account here."""

from django.db import models
from django.db.models import UniqueConstraint
from typing_extensions import override

from kortisto.core.secrecy import secrecy
from kortisto.domain.org.models.people import Staff


class SignInLink(models.Model):
    """Made by the person, while logged in here; never by an address or a name."""

    staff = models.ForeignKey(
        Staff, on_delete=models.CASCADE, related_name="sign_in_links"
    )
    service = models.CharField(max_length=40)  # its code in our file
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=255)
    made_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    SECRECY = secrecy(
        staff="id staff service issuer made_at last_used_at", sealed="subject"
    )

    class Meta:
        db_table = "staff_sign_in_link"
        constraints = (
            UniqueConstraint(
                fields=["issuer", "subject"],
                name="an_account_elsewhere_is_one_account_here",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"{self.staff_id} at {self.service}"
