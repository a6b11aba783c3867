// The dialogs of those who run the meeting: a conclusion, a reason, and "are you sure".
import { fillItems, onSubmit, openForm } from "./dialog_form.js";
import { h, fill, $ } from "./dom.js";
import { newId, t } from "./words.js";

export class Dialogs {
  #room;
  #act;
  constructor(room) {
    this.#room = room;
    for (const button of document.querySelectorAll("dialog [data-close]")) button.addEventListener("click", () => button.closest("dialog").close());
    onSubmit("#conclusion-dialog", (form) => this.#conclude(form));
    onSubmit("#reason-dialog", (form) => this.#act(form.elements.reason.value));
  }

  confirm(text, act) {
    const dialog = $("#confirm-dialog");
    $("#confirm-text").textContent = text;
    $("#confirm-yes").onclick = () => { dialog.close(); act(); };
    dialog.showModal();
  }

  // A sentence that must be given with an act.
  reason(title, hint, act) {
    openForm("#reason-dialog");
    $("#reason-title").textContent = title;
    $("#reason-hint").textContent = hint;
    this.#act = act;
  }

  conclusion(known) {
    const form = openForm("#conclusion-dialog");
    const { state } = this.#room;
    form.dataset.id = known?.id ?? newId();
    fillItems(form.elements.item_id, state, known?.item_id);
    form.elements.text.value = known?.text ?? "";
    form.elements.due_on.value = known?.due_on ?? "";
    const agencies = Object.entries(state.agencies);
    fill(form.elements.lead, h("option", { value: "" }, t("room.no_lead")), agencies.map(([key, name]) => h("option", { value: key, selected: key === known?.lead_agency_id }, name)));
    fill($("#support"), agencies.map(([key, name]) => h("label", { class: "check" }, h("input", { type: "checkbox", name: "support", value: key, checked: known?.support_agency_ids.includes(key) }), h("span", {}, name))));
  }

  #conclude(form) {
    const f = form.elements;
    const support = [...form.querySelectorAll("[name=support]:checked")].map((box) => box.value);
    return this.#room.do("RecordConclusion", {
      conclusion_id: form.dataset.id, item_id: f.item_id.value || null, text: f.text.value, lead_agency_id: f.lead.value || null,
      support_agency_ids: support, due_on: f.due_on.value || null,
    });
  }
}
