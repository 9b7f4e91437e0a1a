"""People who work here: their accounts and roles."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.db.models.functions import Now
from typing_extensions import override

from kortisto.core.names import Named
from kortisto.core.secrecy import secrecy
from kortisto.domain.org.models.units import Unit


class StaffManager(BaseUserManager["Staff"]):
    def create_user(self, username: str, password: str, **extra: Any) -> "Staff":
        staff = self.model(username=username.strip().lower(), **extra)
        staff.set_password(password)
        staff.save(using=self._db)
        return staff


class Staff(AbstractBaseUser):
    """A named account of somebody who works here. Never a borrower's card (PER-2)."""

    username = models.CharField(max_length=60, unique=True)
    full_name = models.CharField(max_length=100)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=30, blank=True)
    language = models.CharField(max_length=2, default="fi")
    home_library = models.ForeignKey(
        Unit, null=True, on_delete=models.PROTECT, related_name="+"
    )
    last_library = models.ForeignKey(
        Unit, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    totp_secret = models.CharField(max_length=64, blank=True)  # empty: not enrolled
    totp_last_step = models.BigIntegerField(default=0)  # a code works once
    is_active = models.BooleanField(default=True)
    left_on = models.DateField(null=True, blank=True)
    removed_on = models.DateField(null=True, blank=True)  # only number and name stay
    failed_logins = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)
    session_epoch = models.PositiveIntegerField(default=0)  # grows to end sessions
    created_at = models.DateTimeField(db_default=Now())

    SECRECY = secrecy(
        staff=(
            "username full_name email phone language home_library last_library "
            "is_active left_on removed_on last_login created_at"
        ),
        sealed=(
            "password totp_secret totp_last_step failed_logins locked_until "
            "session_epoch"
        ),
    )

    objects: ClassVar[StaffManager] = StaffManager()
    USERNAME_FIELD = "username"

    class Meta:
        db_table = "staff"

    @override
    def __str__(self) -> str:
        return self.username


class Role(Named):
    """A bundle of permissions, given to people at places (PER-1)."""

    code = models.CharField(max_length=40, unique=True)
    permissions = models.JSONField(default=list)  # stored values of permissions
    needs_second_factor = models.BooleanField(default=False)

    class Meta:
        db_table = "role"

    @override
    def __str__(self) -> str:
        return self.code


class Grant(models.Model):
    """A role given to somebody at a unit and below it, from a day to a day."""

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="grants")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="grants")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="grants")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)  # the last day in force
    given_by = models.CharField(max_length=40)
    given_at = models.DateTimeField(db_default=Now())
    confirmed_on = models.DateField(null=True, blank=True)  # at the newest review
    confirmed_by = models.CharField(max_length=40, blank=True)

    SECRECY = secrecy(
        staff=(
            "staff role unit starts_on ends_on given_by given_at confirmed_on "
            "confirmed_by"
        )
    )

    class Meta:
        db_table = "role_grant"
        constraints = (
            CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="a_grant_ends_after_it_starts",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"{self.staff_id}: {self.role_id} at {self.unit_id}"
