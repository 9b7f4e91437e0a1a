"""Open a patron's log-in with one click."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kortisto.domain.patrons.actions import unlock
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.looking import must_be_there
from kortisto.interfaces.staff.told import tell


@require_POST
def unlock_pin(request: StaffRequest, patron_id: int) -> HttpResponse:
    must_be_there(request, patron_id)
    if unlock.unlock_pin(patron_id, by=request.actor, now=timezone.now()):
        tell(request, _("The log-in is open again, with the same PIN."))
    else:
        tell(request, _("The log-in was open already."), kind="info")
    return redirect("patron", patron_id=patron_id)


urlpatterns = [
    page(
        "patrons/<int:patron_id>/unlock/",
        unlock_pin,
        needs=PatronPermission.RESET_PIN,
    )
]
