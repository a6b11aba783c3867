// A form in a dialog: opened clean, kept open with what was typed until the server has it.
import { $, fill, h } from "./dom.js";
import { items, running } from "./facts.js";
import { t } from "./words.js";

export function openForm(id) {
  const dialog = $(id);
  const form = dialog.querySelector("form");
  form.reset();
  fill(form.querySelector("[data-refused]"));
  dialog.showModal();
  return form;
}

// `send` gives the server's answer; `done` is told of a good one.
export function onSubmit(id, send, done) {
  const dialog = $(id);
  dialog.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    const answer = await send(form);
    if (answer.ok) {
      dialog.close();
      done?.(answer.answer, form);
    } else fill(form.querySelector("[data-refused]"), h("p", { class: "notice bad", role: "alert" }, answer.text));
  });
}

// The agenda as the options of a select; the running item unless told another.
export function fillItems(select, state, chosen = running(state)?.id) {
  fill(select, h("option", { value: "" }, t("room.whole_meeting")), items(state).map((item, n) => h("option", { value: item.id, selected: item.id === chosen }, `${n + 1}. ${item.title}`)));
}
