"""What every public template can use."""

from django.http import HttpRequest


def public(request: HttpRequest) -> dict[str, object]:
    return {}
