// The table of messages: "not at all" goes with nothing else, and a number that is
// typed makes text messages possible. The server decides all of it again.
import { all, one } from "../ui/js/dom.js";

const table = one(".message-matrix");
const number = one("[name='sms_number']");

table?.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-way]") || !target.checked) return;
  const nothing = target.dataset.way === "none";
  for (const box of all("[data-way]", target.closest("tr"))) {
    if (box !== target && nothing !== (box.dataset.way === "none")) box.checked = false;
  }
});

const texts = table ? all("[data-way='sms']", table).filter((box) => box.disabled) : [];
number?.addEventListener("input", () => {
  const reached = number.value.trim() !== "";
  for (const box of texts) {
    box.disabled = !reached;
    if (!reached) box.checked = false;
  }
});
