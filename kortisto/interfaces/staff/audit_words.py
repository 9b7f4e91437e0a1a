"""The event log in sentences. Ids become names where names are not secrets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kortisto.core.errands import kinds
from kortisto.core.models import LoggedEvent
from kortisto.core.sealed_content import NOBODY
from kortisto.core.text import without_places
from kortisto.domain.catalogue.models import Item
from kortisto.domain.catalogue.queries import titles_of
from kortisto.domain.org.models import Role, Staff
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.settings import SETTINGS
from kortisto.domain.policies.parameters import PARAMETERS
from kortisto.interfaces.staff.audit_codes import code_words, names_of_types
from kortisto.interfaces.staff.audit_stock import STOCK_SENTENCES
from kortisto.interfaces.staff.job_words import actor_names
from kortisto.interfaces.staff.permission_words import listed
from kortisto.ui.formats import money

SENTENCES: Final[Mapping[str, Promise]] = {
    **STOCK_SENTENCES,
    "PatronViewed": gettext_lazy("Looked at a patron ({page})"),
    "PatronRegistered": gettext_lazy("Registered a patron"),
    "PatronChanged": gettext_lazy("Changed a patron's data: {fields}"),
    "CategoryChanged": gettext_lazy(
        "Decided anew about the patron category {category}: {fields}"
    ),
    "PatronBinned": gettext_lazy("Put a patron in the bin"),
    "PatronTakenOut": gettext_lazy("Took a patron out of the bin"),
    "PinChanged": gettext_lazy("Gave a patron a new PIN"),
    "PatronLoggedIn": gettext_lazy("A patron logged in"),
    "PinWasWrong": gettext_lazy("A wrong PIN was tried"),
    "PinUnlocked": gettext_lazy("Opened a log-in that wrong PINs had locked"),
    "MembershipRenewed": gettext_lazy("Checked a patron's data and renewed the card"),
    "GrewUp": gettext_lazy("A child became a grown-up patron"),
    "NoteWritten": gettext_lazy("Wrote a note about a patron ({audience})"),
    "NoteWithdrawn": gettext_lazy("Withdrew a note about a patron"),
    "ProtectedAddressViewed": gettext_lazy(
        "Looked at the address of a protected person: {reason}"
    ),
    "ErasureAsked": gettext_lazy("A patron was asked to be erased"),
    "ErasureTakenBack": gettext_lazy("A patron is not erased after all"),
    "PatronErased": gettext_lazy("Erased a patron"),
    "PatronLogRead": gettext_lazy("Read the log about a patron"),
    "PatronDataGathered": gettext_lazy("Gathered everything held on a patron"),
    "StaffWordsGathered": gettext_lazy(
        "Gathered with it what staff have written about the patron"
    ),
    "RestrictionAdded": gettext_lazy("Restricted a patron ({kind})"),
    "RestrictionTypeChanged": gettext_lazy(
        "Decided anew about the type of restrictions {kind}: {fields}"
    ),
    "RestrictionLifted": gettext_lazy("Lifted a patron's restriction"),
    "IdentityGiven": gettext_lazy("Stored a patron's personal identity code"),
    "IdentitySkipped": gettext_lazy(
        "Left a patron without a personal identity code: {reason}"
    ),
    "IdentityRemoved": gettext_lazy(
        "Removed a patron's personal identity code: {reason}"
    ),
    "IdentityResolved": gettext_lazy(
        "Looked at a patron's personal identity code: {reason}"
    ),
    "PopulationRegisterAsked": gettext_lazy(
        "Asked the population register about a person"
    ),
    "ChangesRequested": gettext_lazy("Asked on the web for changes: {fields}"),
    "ChangesAnswered": gettext_lazy("Answered what a patron had asked for on the web"),
    "EmailReplaced": gettext_lazy("Gave another e-mail address on the web"),
    "MessageWritten": gettext_lazy("Wrote a message to a patron ({transport})"),
    "MessageTextChanged": gettext_lazy(
        "Changed the text of messages: {kind}, {language}, version {version}"
    ),
    "RegisteredOnline": gettext_lazy("Registered on the web"),
    "CardFetched": gettext_lazy("Handed over the card of an online registration"),
    "RegistrationForgotten": gettext_lazy("Forgot an online registration: {reason}"),
    "PatronsMerged": gettext_lazy("Merged two records of a patron"),
    "MergeUndone": gettext_lazy("Took a merge of two patrons back"),
    "LoanStarted": gettext_lazy("Lent {item}"),
    "LoanRenewed": gettext_lazy("Renewed the loan of {item}"),
    "LoanDueMoved": gettext_lazy("Moved the due date of {item} ({before} → {due_at})"),
    "LoanRulesMoved": gettext_lazy(
        "Let the loan of {item} follow the rules of {library}"
    ),
    "ItemRedirected": gettext_lazy(
        "Sent {item}, which was on its way, to {destination}"
    ),
    "LoanEnded": gettext_lazy("Took back {item}"),
    "LoanUndone": gettext_lazy("Undid the loan of {item}"),
    "ReturnUndone": gettext_lazy("Undid the return of {item}"),
    "LoanRecalled": gettext_lazy("Recalled the loan of {item}"),
    "RecallTakenBack": gettext_lazy("Took back the recall of {item}"),
    "LoanVoided": gettext_lazy("Voided the loan of {item}: it was the wrong person"),
    "LoanLost": gettext_lazy("Noted as lost on loan: {item} ({lost})"),
    "LoanDamaged": gettext_lazy("Noted as damaged on loan: {item}"),
    "ItemMarked": gettext_lazy("Noted of {item}: {mark}"),
    "LostItemFound": gettext_lazy("Found again: {item}; the charge: {charge}"),
    "LoanClaimed": gettext_lazy("Noted as not being with the patron: {item} ({claim})"),
    "ClaimedItemSought": gettext_lazy("Looked in vain for a claimed loan: {item}"),
    "ClaimResolved": gettext_lazy("Resolved the claim about {item}: {resolution}"),
    "ClaimReopened": gettext_lazy("Opened the claim about {item} again"),
    "ClaimsForgotten": gettext_lazy("Forgot {claims} claims that had been resolved"),
    "ItemSeen": gettext_lazy("Checked in {item}, which was not on loan"),
    "ItemUsedInHouse": gettext_lazy("Counted as used in the library: {item}"),
    "InHouseUseUndone": gettext_lazy("Took back a use in the library: {item}"),
    "ItemSent": gettext_lazy("Sent {item} to {destination}"),
    "HoldPlaced": gettext_lazy("Placed a hold on {record}"),
    "HoldChanged": gettext_lazy("Changed a hold on {record}: {fields}"),
    "HoldEnded": gettext_lazy("Ended a hold on {record}"),
    "HoldRestored": gettext_lazy("Brought back a hold on {record}"),
    "HoldCleared": gettext_lazy("Took off the hold shelf: {item}"),
    "HoldLeftForStaff": gettext_lazy("Came for a hold when nobody worked: {item}"),
    "ItemMissed": gettext_lazy("Looked in vain for {item}"),
    "PullPutOff": gettext_lazy("Put off fetching {item}"),
    "HoldTrapped": gettext_lazy("Set aside for a hold: {item}"),
    "HoldSent": gettext_lazy("Sent for a hold to {destination}: {item}"),
    "HoldArrived": gettext_lazy("Put on the hold shelf: {item}"),
    "HoldFilled": gettext_lazy("Filled a hold by lending {item}"),
    "HoldRequeued": gettext_lazy("Put a hold back in its queue, without {item}"),
    "CaptureUndone": gettext_lazy("Took back that {item} was set aside for a hold"),
    "HoldReopened": gettext_lazy("Opened a filled hold again: {record}"),
    "ShelfPlaceChanged": gettext_lazy("Changed a place of the hold shelf of {library}"),
    "ShelfPlaceRemoved": gettext_lazy("Removed a place of the hold shelf of {library}"),
    "HoldsForgotten": gettext_lazy("Forgot {holds} holds that had ended"),
    "HistoryForgotten": gettext_lazy("Forgot who had borrowed in {loans} old loans"),
    "ChargeMade": gettext_lazy("Charged {cents} ({type})"),
    "ChargeGrew": gettext_lazy("An overdue charge became {cents}"),
    "PaymentTaken": gettext_lazy("Took a payment of {cents}"),
    "MoneyGivenBack": gettext_lazy("Gave back {cents}"),
    "CreditUsed": gettext_lazy("Paid charges with a credit of {cents}"),
    "ChargeTakenBack": gettext_lazy("Took off a charge of {cents}"),
    "ChargeLapsed": gettext_lazy("A charge of {cents} lapsed"),
    "ChargeForgiven": gettext_lazy("Forgave {cents}"),
    "RecordAdded": gettext_lazy("Added the title {record}"),
    "RecordChanged": gettext_lazy("Changed the title {record}"),
    "RecordDeleted": gettext_lazy("Deleted the title {record}"),
    "ItemAdded": gettext_lazy("Added {item}"),
    "ItemChanged": gettext_lazy("Changed {item}"),
    "ItemRemoved": gettext_lazy("Removed the item {barcode}"),
    "ImportFinished": gettext_lazy("Finished import {batch_id}"),
    "RecordsExported": gettext_lazy("Exported {records} records ({format})"),
    "UnitChanged": gettext_lazy("Changed the unit {unit}: {fields}"),
    "MembershipChanged": gettext_lazy("Changed the membership of {unit} in {owner}"),
    "GroupChanged": gettext_lazy("Changed a group of libraries"),
    "CalendarChanged": gettext_lazy("Changed the calendar of {units} ({what})"),
    "ClosureSet": gettext_lazy("Closed {units}: {starts_on}–{ends_on}"),
    "DeliveryRoundChanged": gettext_lazy("Changed a round of home delivery"),
    "DeliveryPatronChanged": gettext_lazy("Changed the home delivery of a patron"),
    "BasketLent": gettext_lazy(
        "Lent a basket of home delivery: {lent}; refused: {refused}"
    ),
    "BasketTakenBack": gettext_lazy("Took back a basket of home delivery: {items}"),
    "PremisesSet": gettext_lazy("Temporary premises of {units}: {starts_on}–{ends_on}"),
    "ShiftAsked": gettext_lazy("Asked for dates to be moved ({what})"),
    "ShiftWithdrawn": gettext_lazy("Withdrew what was to be on a later day ({what})"),
    "ShiftCarriedOut": gettext_lazy(
        "Dates were moved ({what}): {moved}; left as somebody had changed them: {left}"
    ),
    "VanRoundChanged": gettext_lazy("Changed the van round {round} from {starts_on}"),
    "VanRoundRemoved": gettext_lazy(
        "Removed what was said of the van round {round} from {starts_on}"
    ),
    "SettingChanged": gettext_lazy(
        "Changed the setting “{setting}” at {unit}: {before} → {after}"
    ),
    "RoleChanged": gettext_lazy(
        "Changed what the role {role} allows: added {added}; taken away {removed}"
    ),
    "RoleRenamed": gettext_lazy(
        "Changed the names of the role {role}, or whether it needs a second factor"
    ),
    "RoleRemoved": gettext_lazy("Deleted the role {name}"),
    "SeenAs": gettext_lazy("Looked at what {whom} would see at {unit}"),
    "RoleGranted": gettext_lazy("Gave {staff} the role {role} at {unit}"),
    "GrantConfirmed": gettext_lazy("Confirmed {staff}'s role {role} at {unit}"),
    "GrantEnded": gettext_lazy("Ended {staff}'s role {role} at {unit}"),
    "StaffChanged": gettext_lazy("Changed the account of {staff} ({what})"),
    "WorkstationChanged": gettext_lazy(
        "Changed the workstation {workstation_id} of {unit} ({what})"
    ),
    "StaffLoggedIn": gettext_lazy("{staff} logged in"),
    "StaffUnlocked": gettext_lazy("{staff} came back to a locked session"),
    "StaffLoggedOut": gettext_lazy("{staff} logged out"),
    "StaffLoginFailed": gettext_lazy("A log-in failed ({staff}: {reason})"),
    "RuleDraftChanged": gettext_lazy(
        "Changed the draft of the rules, version {version}: {parameter}"
    ),
    "RulesDrafted": gettext_lazy("Began or discarded the draft of rules {version}"),
    "RulesTried": gettext_lazy(
        "Tried the rules, version {version}, on the loans of the past"
    ),
    "RulesPublished": gettext_lazy("Published rules {version} from {starts_on}"),
    "ContentTakenOut": gettext_lazy("Took the content out of {events} events: {why}"),
    "ChainResealed": gettext_lazy(
        "Sealed the log anew: {events} events; {broken} links were broken before"
    ),
    "JobCancelled": gettext_lazy("Cancelled job {job_id}"),
    "JobRetried": gettext_lazy("Asked for job {job_id} again"),
    "BusStopChanged": gettext_lazy("Changed a stop of a bookmobile"),
    "BusStopRemoved": gettext_lazy("Removed a stop of a bookmobile"),
    "OfflineDeskMade": gettext_lazy(
        "Made a workstation ready to work without a connection"
    ),
    "OfflineWorkSent": gettext_lazy(
        "Sent what a desk did without a connection: {done} recorded, {stuck} stuck"
    ),
    "OfflineConflictEnded": gettext_lazy(
        "Saw to a check-out or check-in without a connection ({state})"
    ),
    "OfflineWorkForgotten": gettext_lazy(
        "Deleted what desks without a connection sent long ago"
    ),
    "ErrandAsked": gettext_lazy("Asked for a task to be done ({errand})"),
    "ErrandEnded": gettext_lazy("Ended a task ({errand}: {state})"),
    "TermsAccepted": gettext_lazy("Accepted the terms of open libraries ({version})"),
    "GuardianAnswered": gettext_lazy("Noted a guardian's word: {answer}"),
    "EntryBanned": gettext_lazy("Banned a patron from open libraries ({ends_on})"),
    "EntryBanLifted": gettext_lazy("Lifted a ban from open libraries"),
    "EntryAttempted": gettext_lazy("Somebody wanted to enter ({code})"),
    "EntriesViewed": gettext_lazy(
        "Looked at who entered {library} ({first_day}–{last_day})"
    ),
    "EntryAsked": gettext_lazy("Asked whether a patron may enter {library}"),
    "PurchaseSuggested": gettext_lazy("A patron suggested a title to be bought"),
    "SuggestionWithdrawn": gettext_lazy("A patron took a purchase suggestion back"),
    "SuggestionAnswered": gettext_lazy(
        "Answered purchase suggestion {suggestion_id} ({state})"
    ),
    "SuggestionMerged": gettext_lazy(
        "Merged purchase suggestion {suggestion_id} into {into_id}"
    ),
    "SuggestionParted": gettext_lazy(
        "Took purchase suggestion {suggestion_id} apart from {from_id}"
    ),
    "SuggestionsForgotten": gettext_lazy(
        "Forgot {suggestions} purchase suggestions that had been answered"
    ),
    "EntriesForgotten": gettext_lazy(
        "Forgot who came in {attempts} old entries, and {bans} old bans"
    ),
    "DoorChanged": gettext_lazy("Changed the door {device_id} ({what})"),
    "ScheduleRun": gettext_lazy("Ran the schedule {schedule} at once"),
}


CHANNELS: Final[Mapping[str, Promise]] = {
    "staff": gettext_lazy("the desk"),
    "self-check": gettext_lazy("a self-check machine"),
    "web": gettext_lazy("the public site"),
    "api": gettext_lazy("an interface"),
    "door": gettext_lazy("the door of an open library"),
    "job": gettext_lazy("a job"),
}


PLACE: Final = "{"


class _Blank(dict[str, Any]):
    """A place of a sentence that the event does not fill."""

    def __missing__(self, key: str) -> str:
        return "–"


@dataclass(frozen=True, slots=True)
class Told:
    """One event as a page shows it. ``emptied``: only its kind, day and place stay."""

    event: LoggedEvent
    sentence: str
    by: str
    where: str
    through: str
    emptied: bool = False

    @property
    def day(self) -> date:
        return localdate(self.event.happened_at)


def told(events: Iterable[LoggedEvent]) -> list[Told]:
    """Sentences, in eight statements for any number of events."""
    rows = list(events)
    names = _Names(rows)
    by = actor_names(row.actor for row in rows)
    tree = names.tree
    return [
        Told(
            row,
            names.sentence(row),
            by[row.actor],
            tree.name(row.unit_id),
            str(CHANNELS.get(row.channel, row.channel)),
            emptied=row.actor == NOBODY,
        )
        for row in rows
    ]


class _Names:
    """Everything that the events name, read at once."""

    def __init__(self, rows: list[LoggedEvent]) -> None:
        self.tree = organisation()
        items = Item.objects.filter(pk__in=self._ids(rows, "item_id"))
        self.items = dict(items.values_list("pk", "barcode"))
        self.titles = titles_of(self._ids(rows, "record_id"))
        staff = Staff.objects.filter(pk__in=self._ids(rows, "staff_id"))
        self.staff = dict(staff.values_list("pk", "full_name"))
        roles = Role.objects.filter(pk__in=self._ids(rows, "role_id"))
        self.roles = {role.pk: role.name for role in roles}
        self.types = names_of_types()

    def _ids(self, rows: list[LoggedEvent], name: str) -> set[int]:
        found = {row.body.get(name) for row in rows}
        return {number for number in found if isinstance(number, int)}

    def sentence(self, row: LoggedEvent) -> str:
        sentence = SENTENCES.get(row.kind)
        if sentence is None:
            return row.kind
        if not row.body and PLACE in str(sentence):
            left = without_places(str(sentence))
            return _("{event} (details taken out)").format(event=left)
        told = str(sentence).format_map(_Blank(self._facts(row)))
        why = code_words(row.kind, "why", row.body.get("why", ""), types=self.types)
        return f"{told}. {why}." if why and row.kind == "ItemSent" else told

    def _codes(self, row: LoggedEvent) -> dict[str, str]:
        """What the codes in the event are called."""
        told = {
            place: code_words(row.kind, place, value, types=self.types)
            for place, value in row.body.items()
        }
        return {place: words for place, words in told.items() if words is not None}

    def _facts(self, row: LoggedEvent) -> dict[str, Any]:
        tree, body = self.tree, row.body
        setting = SETTINGS.get(str(body.get("key")))
        title = self.titles.get(body.get("record_id", 0), "")
        facts = {name: _plain(value) for name, value in body.items()}
        facts |= {
            "item": _item(self.items.get(body.get("item_id", 0)), title),
            "record": _quoted(title) or facts.get("record_id", "–"),
            "staff": self.staff.get(body.get("staff_id") or 0, _("unknown")),
            "role": self.roles.get(body.get("role_id", 0), "–"),
            "unit": tree.name(body.get("unit_id")) or "–",
            "library": tree.name(body.get("library_id")) or "–",
            "owner": tree.name(body.get("owner_id")) or "–",
            "destination": tree.name(body.get("destination_id")) or "–",
            "units": ", ".join(tree.name(one) for one in body.get("units", ())),
            "errand": _errand(body.get("errand")),
            "setting": "" if setting is None else str(setting.title),
        }
        facts |= self._codes(row)
        if (parameter := PARAMETERS.get(str(body.get("parameter")))) is not None:
            facts["parameter"] = str(parameter.title)
        facts["whom"] = facts["staff"] if body.get("staff_id") else facts["role"]
        for name in ("added", "removed"):
            if isinstance(permissions := body.get(name), list):
                facts[name] = listed(permissions) or "–"
        if isinstance(body.get("cents"), int):
            facts["cents"] = money(body["cents"])
        return facts


def _quoted(title: str) -> str:
    return _("“{title}”").format(title=title) if title else ""


def _item(barcode: str | None, title: str) -> str:
    return " ".join(filter(None, [barcode, _quoted(title)])) or "–"


def _errand(code: object) -> str:
    """The name of a kind of errand; its code when this version does not know it."""
    known = {kind.code: str(kind.title) for kind in kinds()}
    return known.get(str(code), str(code))


def _plain(value: object) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    return str(value)
