"""Passkeys of the staff: a second factor that cannot be typed into a false page."""

from django.db import models
from django.db.models import CheckConstraint, Q
from typing_extensions import override

from kortisto.core.secrecy import secrecy
from kortisto.domain.org.models.people import Staff


class Passkey(models.Model):
    """A public key; the private one never leaves the person's own device."""

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="passkeys")
    label = models.CharField(max_length=60)
    credential_id = models.CharField(max_length=1400, unique=True)  # base64url
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)  # a smaller one: a copied key
    made_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    SECRECY = secrecy(
        staff="id staff label made_at last_used_at",
        sealed="credential_id public_key sign_count",
    )

    class Meta:
        db_table = "staff_passkey"
        constraints = (
            CheckConstraint(condition=~Q(label=""), name="a_passkey_has_a_name"),
        )

    @override
    def __str__(self) -> str:
        return f"passkey {self.pk}"
