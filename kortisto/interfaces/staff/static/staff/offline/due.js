// When a loan is due, by the rules and calendars that the workstation took along.
// The same steps as kortisto/domain/circulation/due.py; a test holds one to the other.
const DAY = 86400000;
const LAST_SECOND = 86399;
const FAR = 732; // days that an open one is looked for, as in domain/org/rules.py
const CLOCK = new Intl.DateTimeFormat("en-CA", {
  timeZone: "Europe/Helsinki", hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit",
  hour: "2-digit", minute: "2-digit", second: "2-digit",
});

/** A day that the calendar which was taken along does not reach. */
export class BeyondCalendar extends Error {}

/** "2027-03-01" as a number of days. */
export const dayNumber = (text) => Date.parse(`${text}T00:00:00Z`) / DAY;

/** A number of days as "2027-03-01". */
export const dayText = (number) => new Date(number * DAY).toISOString().slice(0, 10);

const seconds = (text) => {
  const [hours, minutes, rest] = text.split(":").map(Number);
  return hours * 3600 + minutes * 60 + (rest || 0);
};

/** A moment on the clock of the libraries: which day, and how many seconds into it. */
export function local(at) {
  const parts = Object.fromEntries(CLOCK.formatToParts(at).map((part) => [part.type, part.value]));
  const day = dayNumber(`${parts.year}-${parts.month}-${parts.day}`);
  const whole = seconds(`${parts.hour}:${parts.minute}:${parts.second}`);
  return { day, second: whole + (((at % 1000) + 1000) % 1000) / 1000 };
}

/** The moment when the clocks of the libraries show this. */
export function momentOf(day, second) {
  const wanted = day * DAY + second * 1000;
  let at = wanted;
  for (let round = 0; round < 3; round += 1) {
    const shown = local(at);
    at += wanted - (shown.day * DAY + shown.second * 1000);
  }
  return at;
}

/** The terms that hold for a library, a patron category and an item type. */
export function termsFor({ table, terms }, library, category, type) {
  const places = table[library] ?? table[0];
  const types = places[category] ?? places[0];
  const [period, unit, fixed, closedDays, shortDays, shortHolds, forLoan] = terms[types[type] ?? types[0]];
  return { period, unit, fixed, closedDays, shortDays, shortHolds, forLoan };
}

/** The open days of one library. */
export function calendarOf({ from, days, hours }, library) {
  const first = dayNumber(from);
  const known = days[library] ?? [];
  const told = (day) => {
    const found = known[day - first];
    if (found === undefined) throw new BeyondCalendar(dayText(day));
    return found;
  };
  const isOpen = (day) => told(day) > 0;
  const hoursOf = (day) => (isOpen(day) ? hours[told(day) - 1] : []);
  const soonestOpen = (day) => {
    for (let later = day; later < day + FAR; later += 1) if (isOpen(later)) return later;
    return day;
  };
  return { isOpen, hoursOf, soonestOpen };
}

const closingOf = (day, calendar) => {
  const hours = calendar.hoursOf(day);
  return momentOf(day, hours.length ? Math.max(...hours.map(([, closes]) => seconds(closes))) : LAST_SECOND);
};

function isOpenAt(at, calendar) {
  const now = local(at);
  const hours = calendar.hoursOf(now.day);
  if (hours.length === 0) return calendar.isOpen(now.day);
  return hours.some(([opens, closes]) => seconds(opens) <= now.second && now.second <= seconds(closes));
}

function closingNear(at, calendar, now) {
  const when = local(at);
  const hours = calendar.hoursOf(when.day);
  let day = when.day;
  if (hours.length && when.second < seconds(hours[0][0]) && calendar.isOpen(day - 1)) day -= 1;
  day = calendar.soonestOpen(day);
  if (closingOf(day, calendar) <= now) day = calendar.soonestOpen(day + 1);
  return closingOf(day, calendar);
}

function inHours(terms, calendar, now, hours) {
  const at = hours ? now + hours * 3600000 : momentOf(local(now).day, LAST_SECOND);
  if (terms.closedDays === "ignore" || isOpenAt(at, calendar)) return at;
  return closingNear(at, calendar, now);
}

function inDays(terms, calendar, now, days) {
  const today = local(now).day;
  let day = today + days;
  if (terms.fixed && dayNumber(terms.fixed) >= today) day = dayNumber(terms.fixed);
  else if (terms.closedDays === "skip") {
    day = today;
    for (let round = 0; round < days; round += 1) day = calendar.soonestOpen(day + 1);
  }
  if (terms.closedDays !== "ignore") day = calendar.soonestOpen(day);
  return momentOf(day, LAST_SECOND);
}

/** When a new loan is due: milliseconds; null when the calendar does not reach so far. */
export function dueForCheckout(terms, calendar, now, queue) {
  try {
    if (terms.shortDays !== null && queue >= terms.shortHolds) return inDays(terms, calendar, now, terms.shortDays);
    if (terms.unit === "hours") return inHours(terms, calendar, now, terms.period);
    return inDays(terms, calendar, now, terms.period);
  } catch (error) {
    if (error instanceof BeyondCalendar) return null;
    throw error;
  }
}
