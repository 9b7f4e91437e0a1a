// Suggestions under the search field: a combobox as the ARIA patterns describe it.
import { one } from "../../ui/js/dom.js";

const settings = one('meta[name="suggestions"]');
const input = one("#search-input");
const SHORTEST = 2;
const PAUSE = 150; // milliseconds without a key before the server is asked

if (settings && input) {
  const list = document.createElement("ul");
  list.id = "search-suggestions";
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", settings.dataset.label);
  list.hidden = true;
  input.form.append(list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  let typed = input.value;
  let chosen = -1;
  let timer = 0;
  let asking = null;

  const show = (suggestions) => {
    list.replaceChildren(...suggestions.map((each, place) => {
      const option = document.createElement("li");
      option.id = `suggestion-${place}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.textContent = each.text;
      option.dataset.kind = each.kind;
      return option;
    }));
    chosen = -1;
    list.hidden = suggestions.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    input.removeAttribute("aria-activedescendant");
  };

  const ask = async () => {
    asking?.abort();
    const text = input.value.trim();
    if (text.length < SHORTEST) return show([]);
    asking = new AbortController();
    try {
      const answer = await fetch(`${settings.content}?q=${encodeURIComponent(text)}`, { signal: asking.signal });
      if (answer.ok && input === document.activeElement) show((await answer.json()).suggestions);
    } catch (error) {
      if (error.name !== "AbortError") show([]);
    }
    return undefined;
  };

  const choose = (place) => {
    const options = [...list.children];
    options[chosen]?.setAttribute("aria-selected", "false");
    chosen = place < -1 ? options.length - 1 : place >= options.length ? -1 : place;
    const option = options[chosen];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
    input.value = option ? option.textContent : typed;
  };

  input.addEventListener("input", () => {
    typed = input.value;
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen - 1);
    else if (event.key === "Escape") { input.value = typed; show([]); }
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", () => show([]));
  // pointerdown comes before blur, which takes the list away
  list.addEventListener("pointerdown", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    event.preventDefault();
    input.value = option.textContent;
    input.form.requestSubmit();
  });
}
