// What every page gets on top of plain HTML. Nothing here is needed: without it each form and link still works.
// Switched on by attributes: data-guard, data-opens, data-closes, data-copies, data-print, data-key; those of fields are in fields.js.
import "./bell.js";
import "./fields.js";
import { toast } from "./toast.js";

const words = document.body.dataset;

function onClick(selector, act) {
  document.addEventListener("click", (event) => {
    const found = event.target instanceof Element && event.target.closest(selector);
    if (found) act(found, event);
  });
}

// A form is sent once: its button says so, and a second press does nothing until the page comes back.
const sent = new Map();

function send(form, button) {
  const face = button ? [...button.childNodes] : [];
  const slow = window.setTimeout(() => { if (words.sending && button && !button.matches(".icon-only")) button.textContent = words.sending; }, 400);
  button?.setAttribute("aria-busy", "true");
  sent.set(form, () => {
    window.clearTimeout(slow);
    button?.removeAttribute("aria-busy");
    button?.replaceChildren(...face);
    sent.delete(form);
  });
  // A download leaves the page where it is.
  window.setTimeout(() => sent.get(form)?.(), 8000);
}

document.addEventListener("submit", (event) => {
  if (sent.has(event.target)) return event.preventDefault();
  // After every other listener has had its say: a form that a script handles itself is not sent.
  return window.setTimeout(() => { if (!event.defaultPrevented && event.target.method !== "dialog") send(event.target, event.submitter); });
});
window.addEventListener("pageshow", () => sent.forEach((restore) => restore()));

// What was typed into a guarded form is not lost by accident.
for (const form of document.querySelectorAll("form[data-guard]")) {
  let touched = false;
  form.addEventListener("input", () => { touched = true; });
  form.addEventListener("submit", () => { touched = false; });
  window.addEventListener("beforeunload", (event) => { if (touched) event.preventDefault(); });
}

// Problems are read first; their links lead to the fields.
document.getElementById("problems")?.focus();

onClick("[data-opens]", (button, event) => {
  event.preventDefault();
  document.getElementById(button.dataset.opens).showModal();
});
onClick("[data-closes]", (button) => button.closest("dialog").close());
onClick("[data-print]", () => window.print());
onClick("[data-copies]", async (button) => {
  await copy(button.dataset.copies);
  toast(words.copied);
});

/** Without TLS, as on many closed networks, browsers have no clipboard object. */
async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const box = Object.assign(document.createElement("textarea"), { value: text, className: "visually-hidden" });
  document.body.append(box);
  box.select();
  document.execCommand("copy");
  return box.remove();
}

// A key leads to a field or follows a link, unless one is typing or choosing already.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]")) return;
  const field = [...document.querySelectorAll("[data-key]")].find((each) => each.dataset.key === event.key && each.checkVisibility?.() !== false);
  if (!field) return;
  event.preventDefault();
  if (field.matches("a")) field.click();
  else field.select();
});

// Menus close when one looks elsewhere or presses Escape; so does the phone's menu, which is the target of a link.
const openMenu = () => document.querySelector("details:is(.drop, .me)[open]");
document.addEventListener("click", (event) => {
  const menu = openMenu();
  if (menu && !menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = openMenu();
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (window.location.hash === "#menu") {
    window.location.hash = "main";
    document.querySelector('a[href="#menu"]').focus();
  }
});

const offline = document.getElementById("offline");
const showLink = () => offline?.toggleAttribute("hidden", navigator.onLine);
window.addEventListener("online", showLink);
window.addEventListener("offline", showLink);
showLink();
