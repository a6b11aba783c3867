// What fields get on top of plain HTML: dates in words, passwords to look at, lists to filter, rows to add and remove.
import { fold } from "./fold.js";

const words = document.body.dataset;
const language = document.documentElement.lang;

function on(type, selector, act) {
  document.addEventListener(type, (event) => {
    const found = event.target instanceof Element && event.target.closest(selector);
    if (found) act(found, event);
  });
}

// What the browser shows in a date field depends on the computer's own settings; the words under it do not.
const inWords = new Intl.DateTimeFormat(language, {
  weekday: "long", day: "2-digit", month: language === "vi" ? "2-digit" : "long", year: "numeric", timeZone: "UTC",
});
for (const input of document.querySelectorAll('input[type="date"], input[type="datetime-local"]')) {
  const said = document.createElement("span");
  said.className = "said";
  input.after(said);
  const say = () => { said.textContent = input.value ? inWords.format(new Date(`${input.value.slice(0, 10)}T00:00Z`)) : ""; };
  input.addEventListener("input", say);
  say();
}

for (const input of document.querySelectorAll('input[type="password"]')) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "reveal" });
  const turn = (type) => {
    input.type = type;
    button.textContent = type === "password" ? words.show : words.hide;
    button.setAttribute("aria-label", `${button.textContent} ${words.password}`);
  };
  button.addEventListener("click", () => turn(input.type === "password" ? "text" : "password"));
  input.form?.addEventListener("submit", () => turn("password"));
  const box = document.createElement("div");
  box.className = "affix";
  input.replaceWith(box);
  box.append(input, button);
  turn("password");
}

// data-filters="list": shows only what holds the typed letters, with or without marks. Enter does not send the form.
for (const input of document.querySelectorAll("input[data-filters]")) {
  const list = document.getElementById(input.dataset.filters);
  const open = [...list.querySelectorAll("details")].map((group) => [group, group.open]);
  input.closest("[hidden]")?.removeAttribute("hidden");
  input.addEventListener("input", () => {
    const wanted = fold(input.value.trim());
    const items = [...list.querySelectorAll(".check, [data-item]")];
    for (const item of items) item.hidden = !fold(item.dataset.item || item.textContent).includes(wanted);
    for (const [group, was] of open) {
      const any = [...group.querySelectorAll(".check, [data-item]")].some((item) => !item.hidden);
      group.hidden = !any;
      group.open = wanted ? any : was || group.querySelector(':checked:not([value=""])') !== null;
    }
    list.querySelector(".picker-none")?.toggleAttribute("hidden", items.some((item) => !item.hidden));
  });
  input.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
}

on("change", ".picker details input", (input) => {
  const group = input.closest("details");
  const count = group.querySelector("[data-count]");
  count.textContent = `${group.querySelectorAll(":checked").length}/${count.dataset.count}`;
});

// <input type=checkbox data-all="list">: all of the list that is in sight.
on("change", "input[data-all]", (input) => {
  for (const box of document.getElementById(input.dataset.all).querySelectorAll('input[type="checkbox"]')) {
    if (!box.disabled && !box.closest("[hidden]")) box.checked = input.checked;
  }
});

const newId = () => crypto.getRandomValues(new Uint8Array(16)).reduce((text, byte) => text + byte.toString(16).padStart(2, "0"), "");

/** A row of the template, with __n__ replaced by its number and __id__ by its id in every attribute and text. */
function rowOf(template, number, id) {
  const row = template.content.cloneNode(true);
  const filled = (text) => text.replaceAll("__n__", number).replaceAll("__id__", id);
  const walk = document.createTreeWalker(row, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode;
    if (node.nodeType === Node.TEXT_NODE) node.data = filled(node.data);
    else for (const attribute of node.attributes) attribute.value = filled(attribute.value);
  }
  return row;
}

/** Adds an empty row to such a list; false where it has no template. */
export function addRow(list, id = newId()) {
  const template = document.querySelector(`template[data-row="${list.id}"]`);
  if (!template) return false;
  const number = Number(list.dataset.next ?? list.children.length);
  list.dataset.next = number + 1;
  list.append(rowOf(template, number, id));
  return true;
}

// <ol class="rows" id="x">, <template data-row="x">, a button data-adds="x", and in each row a button data-removes.
on("click", "button[data-adds]", (button, event) => {
  const list = document.getElementById(button.dataset.adds);
  if (!addRow(list)) return;
  event.preventDefault();
  list.lastElementChild.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  list.dispatchEvent(new Event("input", { bubbles: true }));
});

on("click", ".rows button[data-removes]", (button, event) => {
  event.preventDefault();
  const row = button.closest(".rows > *");
  const near = row.nextElementSibling ?? row.previousElementSibling;
  const list = row.parentElement;
  row.remove();
  near?.querySelector("button[data-removes]")?.focus();
  list.dispatchEvent(new Event("input", { bubbles: true }));
});
