// Moving between the rows of a table marked data-rows with the arrow keys or j and
// k; Enter follows the first link of the row. Only one row is in the tab order.
import { all, one, takesText } from "./dom.js";

const STEPS = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };
const rowsOf = (table) => all(":scope > tbody > tr", table);

function focusRow(rows, row) {
  for (const other of rows) other.tabIndex = other === row ? 0 : -1;
  row.focus();
  row.scrollIntoView({ block: "nearest" });
}

export function prepare(root = document) {
  for (const table of all("table[data-rows]", root)) {
    rowsOf(table).forEach((row, place) => { row.tabIndex = place === 0 ? 0 : -1; });
  }
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || takesText(event.target)) return;
  const table = event.target.closest?.("table[data-rows]");
  const row = event.target.closest?.("tr");
  if (!table || !row) return;
  const rows = rowsOf(table);
  const place = rows.indexOf(row);
  if (event.key in STEPS) {
    const next = rows[place + STEPS[event.key]];
    if (next) focusRow(rows, next);
  } else if (event.key === "Home" || event.key === "End") {
    focusRow(rows, rows.at(event.key === "Home" ? 0 : -1));
  } else if (event.key === "Enter" && event.target === row) {
    one("a[href], button", row)?.click();
  } else {
    return;
  }
  event.preventDefault();
});
document.addEventListener("htmx:afterSettle", (event) => prepare(event.target));
prepare();
