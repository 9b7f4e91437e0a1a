"""What every staff template can use."""

from django.http import HttpRequest


def staff(request: HttpRequest) -> dict[str, object]:
    return {}
