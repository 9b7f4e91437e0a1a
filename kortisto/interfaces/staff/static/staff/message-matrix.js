// The table of messages: "not at all" goes with nothing else, and a way can be ticked
// only while what it needs is on the page (data-needs). The server decides all of it.
import { all, one } from "../ui/js/dom.js";

const table = one(".message-matrix");
const form = table?.closest("form");
const needs = table?.dataset.needs ? JSON.parse(table.dataset.needs) : {};
const number = form?.elements.sms_number;
if (number) needs.sms ??= ["sms_number"];

table?.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-way]") || !target.checked) return;
  const nothing = target.dataset.way === "none";
  for (const box of all("[data-way]", target.closest("tr"))) {
    if (box !== target && nothing !== (box.dataset.way === "none")) box.checked = false;
  }
});

/** Whether a way can work with what is typed. No paper goes to a hidden address. */
function works(way) {
  if (way === "paper" && form.elements.is_protected?.checked) return false;
  return needs[way].every((name) => form.elements[name].value.trim() !== "");
}

/** What cannot work cannot be ticked; a tick goes with the number it needed. */
function follow(way) {
  const can = works(way);
  const sentence = one(`#why-not-${way}`);
  if (sentence) sentence.hidden = can;
  for (const box of all(`[data-way="${way}"]`, table)) {
    box.disabled = !can;
    if (can) box.removeAttribute("aria-describedby");
    else {
      box.checked = false;
      if (sentence) box.setAttribute("aria-describedby", sentence.id);
    }
  }
}

// A number of its own for text messages: without one it is the phone, which is as the
// server has said.
const phoneWorks = number && all("[data-way='sms']", table).some((box) => !box.disabled);
for (const way of Object.keys(needs)) {
  const names = [...needs[way], ...(way === "paper" ? ["is_protected"] : [])];
  for (const name of names) {
    form.elements[name]?.addEventListener("input", () => {
      if (!(way === "sms" && phoneWorks)) follow(way);
    });
  }
}
// The population register fills fields without a key being pressed.
form?.addEventListener("fields:filled", () => Object.keys(needs).forEach(follow));
