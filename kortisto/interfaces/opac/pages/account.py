"""My loans, my charges, my loan history. Everything here is the patron's own."""

from typing import Final

from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.http import HttpResponseRedirect as Redirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kortisto.core.refusals import Refused
from kortisto.domain.circulation.actions.history import forget_history_of
from kortisto.domain.circulation.actions.renew import Renewed, renew_many
from kortisto.domain.circulation.explain import Why, why_due, why_fine
from kortisto.domain.circulation.queries import history_of, loans_of
from kortisto.domain.fees.queries import balance, open_charges
from kortisto.domain.patrons.actions.change import set_history_choice
from kortisto.domain.patrons.models import Patron
from kortisto.interfaces.opac.loans import notices, open_rows, past_rows
from kortisto.interfaces.opac.middleware import PatronRequest
from kortisto.interfaces.opac.tabs import account_tabs
from kortisto.interfaces.opac.told import tell
from kortisto.interfaces.opac.words import names_now
from kortisto.ui.formats import count, day
from kortisto.ui.parts import Pages, TraceLine

PAST_ON_A_PAGE: Final = 25
RENEWED: Final = "renewed"  # in the session: what each renewal answered


def loans(request: PatronRequest) -> HttpResponse:
    now, names = timezone.now(), names_now()
    patron = Patron.objects.get(pk=request.patron_id)
    answers = request.session.pop(RENEWED, {}) if RENEWED in request.session else {}
    rows = open_rows(patron.pk, names, now=now)
    return render(
        request,
        "opac/loans.html",
        {
            "rows": [(row, answers.get(str(row.id))) for row in rows],
            "overdue": sum(row.state == "overdue" for row in rows),
            "notices": notices(patron, now=now),
            "tabs": account_tabs("loans", visitor=request.visitor, loans=len(rows)),
        },
    )


def renew_loans(request: PatronRequest) -> HttpResponse:
    """Renew the loans that are ticked, one by its own button, or all of them.

    A refusal of one stops no other. A loan of somebody else is answered 404 before
    anything is renewed.
    """
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    at_home = loans_of(request.patron_id).filter(claimed_at=None)
    own = list(at_home.values_list("pk", flat=True))
    wanted = own if "all" in request.POST else _wanted(request, own)
    if not wanted:
        tell(request, "info", _("Choose first the loans that you want to renew."))
        return Redirect(reverse("loans"))
    answers = renew_many(wanted, by=request.actor, now=timezone.now())
    request.session[RENEWED] = dict(
        _answer(answer, loan_id)
        for loan_id, answer in zip(wanted, answers, strict=True)
    )
    _tell_renewed(request, answers)
    return Redirect(reverse("loans"))


def _wanted(request: PatronRequest, own: list[int]) -> list[int]:
    given = request.POST.getlist("one") or request.POST.getlist("loan")
    if any(not (each.isascii() and each.isdigit()) for each in given):
        raise Http404
    wanted = {int(each) for each in given}
    if not wanted <= set(own):
        raise Http404
    return [loan_id for loan_id in own if loan_id in wanted]


def _answer(
    answer: Renewed | tuple[int, Refused], loan_id: int
) -> tuple[str, dict[str, object]]:
    if isinstance(answer, Renewed):
        if answer.unchanged:
            words = _("Renewed today already, due date unchanged.")
            return str(loan_id), {"kind": "info", "lines": [words]}
        words = _("Renewed. New due date {day}.").format(day=day(answer.due_at))
        told = [words, *(notice.message for notice in answer.notices)]
        return str(loan_id), {"kind": "ok", "lines": told}
    _loan_id, refused = answer
    reasons = [refusal.message for refusal in refused.refusals]
    return str(loan_id), {"kind": "stop", "lines": reasons}


def _tell_renewed(
    request: PatronRequest, answers: list[Renewed | tuple[int, Refused]]
) -> None:
    done = sum(isinstance(each, Renewed) and not each.unchanged for each in answers)
    refused = sum(not isinstance(each, Renewed) for each in answers)
    if done:
        words = ngettext(
            "{number} loan was renewed.", "{number} loans were renewed.", done
        )
        tell(request, "ok", words.format(number=done))
    if refused:
        words = ngettext(
            "{number} loan could not be renewed. The reason stands beside it.",
            "{number} loans could not be renewed. The reasons stand beside them.",
            refused,
        )
        tell(request, "attention", words.format(number=refused))


def why_this_date(request: PatronRequest, loan_id: int) -> HttpResponse:
    """Why a loan is due when it is: a page, or its middle for the loans page."""
    loan = loans_of(request.patron_id).filter(pk=loan_id).first()
    if loan is None:
        raise Http404
    values = {"loan": loan, "trace": _trace(why_due(loan.trace))}
    return render(request, "opac/why.html", values)


def _trace(told: list[Why]) -> list[TraceLine]:
    return [TraceLine(name=each.sentence, source=each.source) for each in told]


def charges(request: PatronRequest) -> HttpResponse:
    names = names_now()
    rows = [
        {
            "name": each.type_name,
            "title": each.title,
            "made_at": each.made_at,
            "cents": each.cents,
            "library": names.tree.name(each.library_id),
            "trace": _trace(why_fine(each.trace)),
            "bars": each.law == "public",
        }
        for each in open_charges(request.patron_id)
    ]
    return render(
        request,
        "opac/charges.html",
        {
            "rows": rows,
            "balance": balance(request.patron_id),
            "tabs": account_tabs("charges", visitor=request.visitor),
        },
    )


def history(request: PatronRequest) -> HttpResponse:
    patron = Patron.objects.get(pk=request.patron_id)
    total = history_of(patron.pk).count()
    last = max(1, -(-total // PAST_ON_A_PAGE))
    asked = request.GET.get("page", "")
    page = int(asked[:6]) if asked.isascii() and asked.isdigit() else 1
    page = max(1, min(page, last))
    start = (page - 1) * PAST_ON_A_PAGE
    rows = past_rows(
        patron.pk, names_now(), now=timezone.now(), start=start, size=PAST_ON_A_PAGE
    )
    pages = Pages(
        previous_url=f"?page={page - 1}" if page > 1 else "",
        next_url=f"?page={page + 1}" if page < last else "",
        told=f"{count(start + 1)}–{count(start + len(rows))} / {count(total)}",
    )
    return render(
        request,
        "opac/history.html",
        {
            "rows": rows,
            "pages": pages,
            "total": total,
            "choice": patron.history,
            "choices": Patron.History.choices,
            "tabs": account_tabs("history", visitor=request.visitor),
        },
    )


def choose_history(request: PatronRequest) -> HttpResponse:
    """How long loans are remembered. "Never" forgets what is there as well."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    chosen = request.POST.get("history", "")
    if chosen not in Patron.History.values:
        raise Http404
    now, choice = timezone.now(), Patron.History(chosen)
    set_history_choice(request.patron_id, choice, by=request.actor, now=now)
    if choice is Patron.History.NEVER:
        forget_history_of(request.patron_id, by=request.actor, now=now)
        tell(request, "ok", _("Your choice is saved, and past loans are forgotten."))
    else:
        tell(request, "ok", _("Your choice is saved."))
    return Redirect(reverse("history"))


def forget_history(request: PatronRequest) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if request.POST.get("sure") != "yes":
        tell(request, "info", _("Tick first that you are sure. Nothing was forgotten."))
        return Redirect(reverse("history"))
    gone = forget_history_of(request.patron_id, by=request.actor, now=timezone.now())
    words = ngettext(
        "{number} past loan was forgotten.", "{number} past loans were forgotten.", gone
    )
    tell(request, "ok", words.format(number=gone))
    return Redirect(reverse("history"))
