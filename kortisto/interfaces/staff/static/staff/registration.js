// The registration page: parts follow the category, answers fill fields, Enter goes on.
import { all, one } from "../ui/js/dom.js";

const form = one("#registration");
const parts = form ? JSON.parse(form.dataset.parts) : {};
const told = form ? form.elements.told_by_register : null;

/** Shows a part and sends its fields, or keeps them for later and sends nothing. */
function show(element, shown) {
  element.hidden = !shown;
  if (element.matches("fieldset")) element.disabled = !shown;
}

function reshape() {
  const wanted = parts[form.elements.category.value] ?? [];
  for (const part of all("[data-part]", form)) show(part, wanted.includes(part.dataset.part));
  const how = form.elements.guardian_how.value;
  for (const way of all("[data-how]", form)) show(way, way.dataset.how.split(" ").includes(how));
  show(one("[data-messages]", form), form.elements.messages.value === "chosen");
  ready();
}

/** Whether somebody's code has been found good, or left out with a reason. */
function isTold(of) {
  const place = one(`[data-identity-of="${of}"]`, form);
  if (!place.checkVisibility()) return true;
  const skipped = form.elements[of === "guardian" ? "guardian_skip_reason" : "skip_reason"];
  return skipped.value.trim() !== "" || Boolean(one('[data-identity="good"]', place));
}

function ready() {
  const may = isTold("patron") && isTold("guardian");
  one("#save").disabled = !may;
  one("#save-waits").hidden = may;
}

// What the population register told is marked, until somebody types over it.
const namesTold = () => new Set(told.value.split(" ").filter(Boolean));

function mark(name, on) {
  const names = namesTold();
  on ? names.add(name) : names.delete(name);
  told.value = [...names].join(" ");
  const field = form.elements[name]?.closest?.(".field");
  if (!field) return;
  one(".field-told", field)?.remove();
  if (!on) return;
  const words = document.createElement("div");
  words.className = "field-told";
  words.textContent = form.dataset.told;
  field.append(words);
}

/** Fills what is empty, or what an answer filled before; never what somebody typed. */
function fill(source) {
  const values = source.dataset.fill ? JSON.parse(source.dataset.fill) : {};
  const fromRegister = "fromRegister" in source.dataset;
  for (const [name, value] of Object.entries(values)) {
    const input = form.elements[name];
    if (!input || (namesTold().has(name) && !fromRegister)) continue;
    const replaced = ["category", "language", "pin"].includes(name);
    const mine = input.value !== "" && input.value !== input.dataset.filled;
    if (input.type === "checkbox") input.checked = value === "yes";
    else if (mine && !replaced) continue;
    else input.value = input.dataset.filled = value;
    if (fromRegister && !["category", "born_on"].includes(name)) mark(name, true);
  }
  form.dispatchEvent(new Event("fields:filled"));
  reshape();
}

/** On from a field after Enter: to where `data-then` says, else to the next one. */
function goOn(from) {
  const then = form.elements[from.dataset.then];
  if (then?.checkVisibility()) {
    then.focus();
    return;
  }
  const stops = all("input, select, textarea, button", form).filter(
    (each) => each.type !== "hidden" && !each.disabled && each.tabIndex >= 0 && each.checkVisibility(),
  );
  stops[stops.indexOf(from) + 1]?.focus();
}

if (form) {
  form.addEventListener("change", (event) => {
    if (["category", "guardian_how", "messages"].includes(event.target.name)) reshape();
  });
  form.addEventListener("input", (event) => {
    const { name } = event.target;
    if (namesTold().has(name)) mark(name, false);
    if (name === "identity_code" || name === "guardian_identity_code") {
      const place = event.target.closest("[data-identity-of]");
      one(`#told-of-${place.dataset.identityOf}`).replaceChildren();
    }
    ready();
  });
  // A card reader ends with Enter: it goes on to the next field and saves nothing.
  form.addEventListener("keydown", (event) => {
    const plain = event.key === "Enter" && !event.altKey && !event.ctrlKey && !event.metaKey;
    if (!plain || event.target.matches("button, a, textarea")) return;
    event.preventDefault();
    goOn(event.target);
  });
  form.addEventListener("click", (event) => {
    const pick = event.target.closest?.("[data-pick]");
    if (pick) form.elements.guardian_id.value = pick.dataset.pick;
  });
  form.addEventListener("htmx:afterSettle", (event) => {
    const answer = event.target;
    for (const source of all("[data-fill]", answer)) fill(source);
    const place = answer.closest("[data-identity-of]");
    if (place && one('[data-identity="asks"]', place)) one("[data-asks-1800s]", place).hidden = false;
    if (answer.id === "guardian-picked") one("#guardian-choices").replaceChildren();
    ready();
  });
  for (const name of namesTold()) mark(name, true);
  reshape();
}
