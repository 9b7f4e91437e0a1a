// A form whose category decides which of its parts are shown. What was typed into a
// part that goes away is kept in the page: it is not sent, and comes back with the part.
import { all, one } from "../ui/js/dom.js";

const form = one("form[data-parts]");
const category = form?.elements.namedItem("category");
const partsOf = form ? JSON.parse(form.dataset.parts) : {};

function show() {
  const parts = partsOf[category.value] ?? [];
  for (const part of all("[data-part]", form)) {
    const wanted = part.dataset.part === "" || parts.includes(part.dataset.part);
    part.hidden = !wanted;
    part.disabled = !wanted;
  }
}

if (category) {
  category.addEventListener("change", show);
  window.addEventListener("pageshow", show); // a browser puts back what was chosen
  show();
}
