// What can be done with one thing of a list (an item, a request, a question), behind its "…": a menu that stays true while it is open.
import { $, fill, h } from "./dom.js";
import { t } from "./words.js";

export class ActsDialog {
  #list = null;
  constructor() {
    $("#acts-dialog").addEventListener("close", () => {
      this.#list = null;
      fill($("#acts-list"));
    });
  }

  // `list()`: { title, acts: [{ key, label, act, stays }] } as things now are; null once the thing is gone.
  open(list) {
    this.#list = list;
    this.render();
    if (list()) $("#acts-dialog").showModal();
  }

  render() {
    const found = this.#list?.();
    if (!found) return void $("#acts-dialog").close();
    $("#acts-title").textContent = found.title;
    fill($("#acts-list"), found.acts.filter(Boolean).map(({ key, label, act, stays }) => h("button", { "data-key": key, onclick: () => this.#do(act, stays) }, label)));
  }

  #do(act, stays) {
    if (!stays) $("#acts-dialog").close();
    act();
  }
}

export const actsButton = (key, title, onclick) => h("button", { class: "quiet compact icon-only", "data-key": key, onclick, "aria-haspopup": "dialog", "aria-label": t("room_agenda.acts_of", { title }) }, "⋯");
