"""Rounds of home delivery, the patrons on them, and the baskets made for them (TOL-15).

What somebody has had before is asked of the loans that still know their patron: that
is what the patron's own choice of loan history allows, and nothing is kept beside it.
"""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from typing_extensions import override

from kortisto.core.secrecy import secrecy
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.models import Loan
from kortisto.domain.org.models import Unit
from kortisto.domain.patrons.models import Patron


class DeliveryRound(models.Model):
    """A library brings things home: on a weekday, every so many weeks."""

    library = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    first_on = models.DateField()  # its weekday is that of the round
    every_weeks = models.PositiveSmallIntegerField(default=2)
    ended_on = models.DateField(null=True, blank=True)

    SECRECY = secrecy(staff="library name first_on every_weeks ended_on")

    class Meta:
        db_table = "delivery_round"
        constraints = (
            CheckConstraint(
                condition=Q(every_weeks__gte=1, every_weeks__lte=12),
                name="a_delivery_round_goes_within_a_quarter",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"delivery round {self.pk}"


class DeliveryPatron(models.Model):
    """Somebody who is served at home. Wishes are what they told for that, no more."""

    patron = models.OneToOneField(
        Patron, on_delete=models.CASCADE, related_name="delivery"
    )
    round = models.ForeignKey(
        DeliveryRound, on_delete=models.PROTECT, related_name="patrons"
    )
    likes = models.CharField(max_length=500, blank=True)
    avoids = models.CharField(max_length=500, blank=True)
    items = models.PositiveSmallIntegerField(default=5)  # that a basket should have
    since = models.DateTimeField()

    SECRECY = secrecy(personal="patron round likes avoids items since")

    class Meta:
        db_table = "delivery_patron"

    @override
    def __str__(self) -> str:
        return f"delivery to patron {self.patron_id}"


class Basket(models.Model):
    """What is brought to one patron on one day; forgotten when all has come back."""

    patron = models.ForeignKey(Patron, on_delete=models.CASCADE, related_name="baskets")
    for_on = models.DateField()
    made_at = models.DateTimeField()

    SECRECY = secrecy(personal="patron for_on made_at")

    class Meta:
        db_table = "delivery_basket"
        constraints = (
            UniqueConstraint(
                fields=["patron", "for_on"], name="a_patron_has_one_basket_for_a_day"
            ),
        )

    @override
    def __str__(self) -> str:
        return f"basket {self.pk}"


class BasketItem(models.Model):
    """An item in a basket. ``loan``: since it was lent with the basket."""

    basket = models.ForeignKey(Basket, on_delete=models.CASCADE, related_name="lines")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    loan = models.ForeignKey(
        Loan, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    had_before = models.BooleanField(default=False)
    picked_at = models.DateTimeField()

    SECRECY = secrecy(staff="basket item loan had_before picked_at")

    class Meta:
        db_table = "delivery_basket_item"
        constraints = (
            UniqueConstraint(
                fields=["item"],
                condition=Q(loan__isnull=True),
                name="an_item_lies_in_one_basket",
            ),
            UniqueConstraint(fields=["loan"], name="a_loan_is_of_one_basket"),
        )

    @override
    def __str__(self) -> str:
        return f"item {self.item_id} in basket {self.basket_id}"
