// What pages ask for by attribute, because a strict policy allows no inline script:
//   data-submit-on-change   on a form: choosing sends it (filters; there is a button too)
//   data-confirm="Sure?"    on a form or its button: asked before it is sent
//   data-print-page         on a button: prints
//   data-print-now          on a slip that is swapped in: printed at once
//   data-focus              on what should be read first when the page opens, unless it
//                           stands in data-example, as on the page of patterns
import { one } from "./dom.js";

document.addEventListener("change", (event) => {
  event.target.closest?.("form[data-submit-on-change]")?.requestSubmit();
});
document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
  if (question && !window.confirm(question)) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, { capture: true });
document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-print-page]")) window.print();
});
document.addEventListener("htmx:afterSettle", (event) => {
  const root = event.detail.elt ?? event.target;
  if (root.matches?.("[data-print-now]") || one("[data-print-now]", root)) window.print();
});
one("[data-focus]:not([data-example] *)")?.focus();
