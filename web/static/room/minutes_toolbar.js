// The toolbar of the minutes: acts on the section that one writes in. One stop for Tab; arrows go along it; Escape goes back.
import { lift, redo, setBlockType, toggleMark, undo, wrapIn, wrapInList } from "editor";
import { h, fill } from "./dom.js";
import { schema } from "./minutes_schema.js";
import { newTable } from "./minutes_table.js";
import { t } from "./words.js";

const { heading, paragraph, bullet_list, ordered_list, blockquote } = schema.nodes;
const { strong, em } = schema.marks;

const within = (type) => ({ selection: { $from } }) => Array.from({ length: $from.depth }, (_, n) => $from.node(n + 1).type).includes(type);
const marked = (mark) => ({ selection: { from, to, empty, $from }, storedMarks, doc }) =>
  Boolean(empty ? mark.isInSet(storedMarks ?? $from.marks()) : doc.rangeHasMark(from, to, mark));
const orElse = (is, command, other) => (state, dispatch) => (is(state) ? other : command)(state, dispatch);

// [name, sign, command, whether it is so at the cursor, keys]
const TOOLS = [
  ["bold", h("strong", {}, "B"), toggleMark(strong), marked(strong), "Ctrl+B"],
  ["italic", h("em", {}, "I"), toggleMark(em), marked(em), "Ctrl+I"],
  ["heading", "H", orElse(within(heading), setBlockType(heading), setBlockType(paragraph)), within(heading)],
  ["bullets", "•", orElse(within(bullet_list), wrapInList(bullet_list), lift), within(bullet_list)],
  ["numbers", "1.", orElse(within(ordered_list), wrapInList(ordered_list), lift), within(ordered_list)],
  ["quote", "“”", orElse(within(blockquote), wrapIn(blockquote), lift), within(blockquote)],
  ["table", "▦", null],
  ["undo", "↶", undo, undefined, "Ctrl+Z"],
  ["redo", "↷", redo, undefined, "Ctrl+Y"],
];

export class MinutesToolbar {
  #place;
  #active;
  #buttons = new Map();

  // `active()`: the editor that one writes in; `inserts`: [name, act] of what can be put in.
  constructor(place, active, inserts) {
    [this.#place, this.#active] = [place, active];
    const tools = TOOLS.map(([name, sign, command, is, keys]) => this.#button(name, sign, is, keys, () => {
      if (command) active()?.run(command); else active()?.insert([newTable()]);
    }));
    const menu = h("details", { class: "top-menu insert-menu" }, h("summary", { class: "button compact" }, t("room_minutes.insert")),
      h("ul", { class: "video-box" }, inserts.map(([name, act]) => h("li", {}, h("button", { type: "button", class: "quiet", "data-insert": name, onclick: () => { menu.open = false; act(); } }, t(`room_minutes.insert_${name}`))))));
    fill(place, tools, menu);
    tools[0].tabIndex = 0;
    place.addEventListener("keydown", (event) => this.#move(event));
  }

  #button(name, sign, is, keys, act) {
    const label = t(`room_minutes.${name}`);
    const button = h("button", {
      type: "button", class: "tool", "aria-label": label, title: keys ? `${label} (${keys})` : label, "aria-pressed": is && "false", tabindex: "-1",
      onmousedown: (event) => event.preventDefault(), onclick: act,
    }, sign);
    if (is) this.#buttons.set(button, is);
    return button;
  }

  #move(event) {
    if (event.key === "Escape") return void this.#active()?.view.focus();
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const tools = [...this.#place.querySelectorAll(".tool")];
    const now = tools.indexOf(document.activeElement);
    if (!step || now < 0) return;
    event.preventDefault();
    tools[now].tabIndex = -1;
    const next = tools[(now + step + tools.length) % tools.length];
    next.tabIndex = 0;
    next.focus();
  }

  // What is so where the cursor now stands.
  update() {
    const state = this.#active()?.view.state;
    for (const [button, is] of this.#buttons) button.setAttribute("aria-pressed", String(Boolean(state && is(state))));
  }
}
