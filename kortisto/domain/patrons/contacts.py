"""How people are reached, as it is kept and compared. Pure.

Each function takes what was typed or pasted and gives what a column holds; empty stays
empty. Each raises ValueError with a sentence, which never repeats what was typed.
"""

import re
import unicodedata
from enum import StrEnum
from typing import Final

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType
from stdnum.fi import ytunnus

from kortisto.core.text import tidy

HOME: Final = "FI"
BETWEEN: Final = frozenset(" -–‐‑−./()\u00a0")  # what people write between digits
LONGEST_EMAIL: Final = 254


class PhoneKind(StrEnum):
    MOBILE = "mobile"
    LANDLINE = "landline"
    OTHER = "other"


def phone_number(text: str) -> str:
    """E.164 (``+358501234567``) of a number in any usual spelling (S22).

    A number without a country is Finnish. Spaces, brackets, dashes and characters
    that nobody can see are dropped; a letter or a second number is refused.
    """
    seen = "".join(sign for sign in unicodedata.normalize("NFKC", text) if _seen(sign))
    digits = "".join(sign for sign in seen if sign not in BETWEEN)
    if not digits:
        return ""
    if not re.fullmatch(r"\+?[0-9]+", digits):
        raise ValueError(_("A phone number has digits only, and a + before a country."))
    try:
        number = phonenumbers.parse(digits, HOME)
    except NumberParseException as wrong:
        raise ValueError(_("This cannot be a phone number.")) from wrong
    if not phonenumbers.is_possible_number(number):
        raise ValueError(_("This cannot be a phone number: check how long it is."))
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _seen(sign: str) -> bool:
    """Marks of direction and zero-width signs come along from web pages (PK24)."""
    return unicodedata.category(sign) not in {"Cf", "Cc", "Zl", "Zp"}


def phone_kind(number: str) -> PhoneKind:
    """Whether a number of ``phone_number`` can get a text message, by its range."""
    kind = phonenumbers.number_type(phonenumbers.parse(number, HOME))
    if kind in {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}:
        return PhoneKind.MOBILE
    if kind == PhoneNumberType.FIXED_LINE:
        return PhoneKind.LANDLINE
    return PhoneKind.OTHER


def readable_number(number: str) -> str:
    """``+358501234567`` → ``050 1234567``: as people at home write it."""
    if not number:
        return ""
    parsed = phonenumbers.parse(number, HOME)
    at_home = parsed.country_code == phonenumbers.country_code_for_region(HOME)
    style = PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style)


def email_address(text: str) -> str:
    """An address that a message can be sent to; the domain in small letters."""
    address = "".join(sign for sign in text if _seen(sign)).strip()
    if not address:
        return ""
    try:
        validate_email(address)
    except ValidationError as wrong:
        raise ValueError(_("This cannot be an e-mail address.")) from wrong
    if len(address) > LONGEST_EMAIL:
        raise ValueError(_("An e-mail address has at most 254 characters."))
    name, _at, domain = address.rpartition("@")
    return f"{name}@{domain.lower()}"


def business_id(text: str) -> str:
    """A Finnish business id (Y-tunnus), ``1234567-8``, with the right check digit."""
    compact = tidy(text).replace(" ", "").replace("-", "")
    if not compact:
        return ""
    if not ytunnus.is_valid(compact):
        raise ValueError(_("A business ID looks like 1234567-8; check its digits."))
    return f"{ytunnus.compact(compact)[:-1]}-{compact[-1]}"
