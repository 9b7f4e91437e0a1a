"""What to try in a demo. There is no such page where no demo was built."""

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from kortisto.core.demo_notes import PUBLIC, read_notes


def first_steps(request: HttpRequest) -> HttpResponse:
    """Things to try, and the card to log in with."""
    notes = read_notes(Path(settings.DATA_DIR))
    if notes is None:
        raise Http404
    seconds = timezone.now().timestamp()
    logins = [(one, one.code(seconds=seconds)) for one in notes.of(PUBLIC).logins]
    told = {"steps": notes.steps, "logins": logins}
    return render(request, "opac/first_steps.html", told)
