// Somebody else writes in the same draft: what he changed comes into the page; where both changed the same, whoever is here decides,
// and until then what is kept stays as the other one left it.
import { addRow } from "./fields.js";
import { toast } from "./toast.js";

const PEOPLE = ["invited", "optional", "for_item", "seats", "wish"];
const CONTROLS = { invited: "invite" }; // fields of the form whose controls have another name

export class SharedDraft {
  #form;
  #notes;
  #held;
  #lists = { items: document.getElementById("agenda-items"), site_parts: document.getElementById("site-rows") };
  #save;

  /** `notes`: where what has no field of its own is told; its data are the words. `save`: called when something was decided. */
  constructor(form, notes, save) {
    this.#form = form;
    this.#notes = notes;
    this.#held = form.elements.held;
    this.#save = save;
    form.addEventListener("submit", (event) => {
      const first = document.querySelector(".clash button");
      if (!first) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      first.focus();
    }, true);
    window.addEventListener("beforeunload", (event) => { if (this.#held.value) event.preventDefault(); });
  }

  /** What the server said to a save of `sent`. */
  take(sent, { taken, order, site_order: siteOrder, clashes, told }) {
    for (const one of clashes) this.#ask(one);
    const paths = Object.entries(taken);
    if (!paths.length) return;
    for (const [name, now] of [["items", order], ["site_parts", siteOrder]]) {
      if (paths.some(([path]) => path.startsWith(`${name}.`))) this.#arrange(this.#lists[name], sent, now);
    }
    for (const [path, value] of paths) {
      const control = this.#control(path);
      if (!control || PEOPLE.includes(path.split(".")[0])) continue; // people are drawn again as a whole
      if (shown(control) === asSent(control, sent)) this.#put(control, value);
      else this.#ask({ path, now: value, by: told, at: null });
    }
    toast(told);
  }

  #control(path) {
    const [name, key, field] = path.split(".");
    if (key === undefined) return this.#form.elements[name] ?? null;
    if (!(name in this.#lists)) return this.#form.elements[`${CONTROLS[name] ?? name}.${key}`] ?? null;
    return field ? this.#row(key)?.querySelector(`[name$=".${field}"]`) ?? null : null;
  }

  #row(id) {
    return Object.values(this.#lists).flatMap((list) => [...list.children]).find((row) => idOf(row) === id);
  }

  #put(control, value) {
    if (control.type === "checkbox") control.checked = Boolean(value);
    else control.value = value ?? "";
    // A choice that this page does not offer, such as a person of another agency: everything is saved, so it may come anew.
    if (control instanceof HTMLSelectElement && control.value !== (value ?? "")) window.location.reload();
    if (control instanceof Element) control.dispatchEvent(new Event("input")); // such as a date's words; not a change of this page's own
  }

  /** A list's rows as they now are; those that were added here since stay. */
  #arrange(list, sent, order) {
    for (const id of order) if (!this.#row(id)) addRow(list, id);
    for (const row of [...list.children]) {
      const known = [...sent].some(([name, value]) => name.endsWith(".id") && value === idOf(row));
      if (known && !order.includes(idOf(row)) && !row.querySelector(".clash")) row.remove();
    }
    const now = [...list.children].filter((row) => order.includes(idOf(row)));
    if (now.every((row, place) => idOf(row) === order[place])) return;
    list.prepend(...order.map((id) => this.#row(id)));
  }

  #ask({ path, now, by, at }) {
    if (this.#held.value.split(" ").includes(path)) return;
    this.#held.value = `${this.#held.value} ${path}`.trim();
    const control = this.#control(path);
    const beside = control instanceof Element ? control.closest(".field") : null;
    const note = document.createElement("div");
    note.className = "clash notice warn";
    note.setAttribute("role", "status");
    const words = this.#notes.dataset;
    const value = now === null ? "" : this.#told(control, now);
    const time = at ? new Date(at).toLocaleTimeString("vi", { hour: "2-digit", minute: "2-digit" }) : "";
    const said = value ? words.other.replace("{now}", value) : now === null ? words.gone : words.chosen;
    const text = at ? said.replace("{by}", by).replace("{at}", time) : [by, value].filter(Boolean).join(" ");
    note.append(Object.assign(document.createElement("p"), { textContent: text }));
    const acts = Object.assign(document.createElement("div"), { className: "row" });
    acts.append(this.#button(words.mine, note, path), this.#button(words.theirs, note, path, () => this.#yield(path, control, now)));
    note.append(acts);
    if (beside) beside.append(note);
    else this.#notes.append(note);
  }

  #told(control, now) {
    if (control instanceof HTMLSelectElement) return [...control.options].find((one) => one.value === now)?.text.trim() ?? "";
    return typeof now === "string" && control instanceof Element ? now : "";
  }

  #button(text, note, path, act = () => {}) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "compact", textContent: text });
    button.addEventListener("click", () => {
      note.remove();
      this.#held.value = this.#held.value.split(" ").filter((one) => one !== path).join(" ");
      act();
      this.#save();
    });
    return button;
  }

  #yield(path, control, now) {
    const [name, id] = path.split(".");
    if (control) this.#put(control, now);
    if (name in this.#lists && now === null && control) this.#row(id)?.remove();
  }
}

const idOf = (row) => row.querySelector('[name$=".id"]')?.value;
const shown = (control) => (control.type === "checkbox" ? control.checked : control.value);
const asSent = (control, sent) => (control.type === "checkbox" ? sent.has(control.name) : sent.get(control.name ?? control[0].name) ?? "");
