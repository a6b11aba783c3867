// A question is put; an answer is owed in writing.
import { onSubmit, openForm } from "./dialog_form.js";
import { fill, h } from "./dom.js";
import { addressee, asker, byName, isGuest, values } from "./facts.js";
import { newId, t } from "./words.js";

const DAYS = 10; // until an answer in writing is due, unless another day is chosen

export class QuestionDialog {
  #room;
  constructor(room) {
    this.#room = room;
    onSubmit("#question-dialog", (form) => this.#ask(form));
    onSubmit("#written-dialog", (form) => this.#owe(form));
  }

  ask(known) {
    const form = openForm("#question-dialog");
    const { state, me } = this.#room;
    form.dataset.id = known?.id ?? newId();
    form.elements.text.value = known?.text ?? "";
    const people = values(state.participants).filter((person) => person.id !== me && !isGuest(person)).sort(byName);
    const invited = new Set(values(state.participants).map((person) => person.agency_id));
    const agencies = Object.entries(state.agencies).filter(([key]) => invited.has(key));
    const chosen = known ? (known.to_participant_id ? `person:${known.to_participant_id}` : `agency:${known.to_agency_id}`) : "";
    const option = (value, label) => h("option", { value, selected: value === chosen }, label);
    fill(form.elements.to, h("option", { value: "" }, t("room_questioning.choose")),
      h("optgroup", { label: t("room_questioning.people") }, people.map((person) => option(`person:${person.id}`, [person.name, person.title || person.agency].filter(Boolean).join(" – ")))),
      h("optgroup", { label: t("room_questioning.agencies") }, agencies.map(([key, name]) => option(`agency:${key}`, name))));
  }

  owe(question) {
    const form = openForm("#written-dialog");
    const { state } = this.#room;
    const agency = question.to_agency_id ?? state.participants[question.to_participant_id]?.agency_id;
    form.dataset.id = question.id;
    form.elements.text.value = t("room_questioning.task", { asker: asker(state, question), to: addressee(state, question), text: question.text });
    form.elements.due_on.value = new Date(this.#room.connection.now() + DAYS * 86_400_000).toISOString().slice(0, 10);
    fill(form.elements.agency, Object.entries(state.agencies).map(([key, name]) => h("option", { value: key, selected: key === agency }, name)));
  }

  #ask(form) {
    const f = form.elements;
    const [kind, key] = f.to.value.split(":");
    return this.#room.do("RegisterQuestion", { question_id: form.dataset.id, text: f.text.value, to_participant_id: kind === "person" ? key : null, to_agency_id: kind === "agency" ? key : null });
  }

  #owe(form) {
    const f = form.elements;
    return this.#room.do("CloseQuestion", { question_id: form.dataset.id, outcome: "written", text: f.text.value, agency_id: f.agency.value || null, due_on: f.due_on.value || null });
  }
}
