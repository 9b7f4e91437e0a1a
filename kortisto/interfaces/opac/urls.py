"""Every public address. Own pages need a log-in, all others are open."""

from kortisto.interfaces.opac.access import open_page, own_page
from kortisto.interfaces.opac.pages import (
    account,
    contact,
    details,
    entry,
    family,
    first_steps,
    front,
    information,
    language,
    login,
    messages,
    pin,
    record,
    search,
)

urlpatterns = [
    open_page("", front.front, name="front"),
    open_page("search/", search.search, name="search"),
    open_page("search/suggestions/", search.suggestions, name="suggestions"),
    open_page("search/help/", information.search_help, name="search_help"),
    open_page("record/<int:record_id>/", record.record, name="record"),
    open_page("record/<int:record_id>/marc/", record.marc, name="record_marc"),
    open_page("libraries/", information.libraries, name="libraries"),
    open_page("about/", information.about, name="about"),
    open_page("first-steps/", first_steps.first_steps, name="first_steps"),
    open_page("language/", language.language, name="language"),
    open_page("login/", login.log_in, name="log_in"),
    open_page("logout/", login.log_out, name="log_out"),
    own_page("account/", account.loans, name="loans"),
    own_page("account/renew/", account.renew_loans, name="renew"),
    own_page("account/loans/<int:loan_id>/why/", account.why_this_date, name="why"),
    own_page("account/charges/", account.charges, name="charges"),
    own_page("account/history/", account.history, name="history"),
    own_page("account/history/choice/", account.choose_history, name="choose_history"),
    own_page("account/history/forget/", account.forget_history, name="forget_history"),
    own_page("account/details/", details.details, name="details"),
    own_page("account/details/contact/", contact.contact, name="contact"),
    own_page(
        "account/details/hold-identifier/",
        contact.hold_identifier,
        name="hold_identifier",
    ),
    own_page(
        "account/details/hold-identifier/check/",
        contact.check_hold_identifier,
        name="check_hold_identifier",
    ),
    own_page("account/details/pin/", pin.change_pin, name="change_pin"),
    own_page("account/details/language/", details.choose_language, name="my_language"),
    own_page("account/messages/", messages.messages, name="messages"),
    own_page("account/family/", family.family, name="family"),
    own_page("account/family/<int:child_id>/", family.dependant, name="dependant"),
    own_page("account/family/guardian/<int:link_id>/", family.consent, name="consent"),
    own_page("account/open-library/", entry.open_library, name="open_library"),
    own_page("account/open-library/terms/", entry.accept, name="accept_terms"),
    own_page(
        "account/open-library/child/<int:child_id>/", entry.permit, name="permit_child"
    ),
]
