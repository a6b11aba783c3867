// An item of the agenda is added or changed; items go to another meeting.
import { onSubmit, openForm } from "./dialog_form.js";
import { $, fill, h } from "./dom.js";
import { items, running } from "./facts.js";
import { t } from "./words.js";

export class ItemDialog {
  #room;
  constructor(room) {
    this.#room = room;
    onSubmit("#item-dialog", (form) => this.#keep(form));
    onSubmit("#split-dialog", (form) => this.#split(form), (_, form) => room.note(t("room_agenda.split_done", { title: form.elements.title.value })));
    $("#new-item").addEventListener("click", () => this.insert((running(room.state) ?? items(room.state).at(-1))?.id));
  }

  insert(after) {
    const form = this.#open(t("room.add_item"));
    form.dataset.id = "";
    form.dataset.after = after ?? "";
  }

  edit(item) {
    const form = this.#open(t("room_agenda.edit_title"));
    form.dataset.id = item.id;
    for (const name of ["title", "presenter", "minutes"]) form.elements[name].value = item[name];
    form.elements.limit.value = item.speaking_seconds ? item.speaking_seconds / 60 : "";
  }

  // Others that are not yet discussed can go along.
  split(item) {
    const form = openForm("#split-dialog");
    form.elements.title.value = item.title;
    const others = items(this.#room.state).filter((each) => ["planned", "running", "skipped"].includes(each.state));
    fill($("#split-items"), others.map((each) => h("label", { class: "check" }, h("input", { type: "checkbox", name: "item", value: each.id, checked: each.id === item.id }), h("span", {}, each.title))));
  }

  #open(title) {
    const form = openForm("#item-dialog");
    $("#item-dialog-title").textContent = title;
    $("#i-limit-hint").textContent = t("room_agenda.limit_hint", { n: this.#room.state.meeting.speaking_seconds / 60 });
    return form;
  }

  #keep(form) {
    const f = form.elements;
    const said = {
      title: f.title.value, presenter: f.presenter.value, minutes: Number(f.minutes.value) || 0, speaking_seconds: Math.round(Number(f.limit.value.replace(",", ".")) * 60) || 0,
    };
    return form.dataset.id ? this.#room.do("EditItem", { item_id: form.dataset.id, ...said })
      : this.#room.do("InsertItem", { ...said, after_id: form.dataset.after || null });
  }

  #split(form) {
    const ids = [...form.querySelectorAll("[name=item]:checked")].map((box) => box.value);
    return this.#room.do("SplitOffItems", { title: form.elements.title.value, item_ids: ids });
  }
}
