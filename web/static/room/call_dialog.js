// Those who run the meeting call somebody who did not ask, set the time of speeches, or the chair hands the running over.
import { onSubmit, openForm } from "./dialog_form.js";
import { $, fill, h } from "./dom.js";
import { byName, speaker, values } from "./facts.js";
import { t } from "./words.js";

export class CallDialog {
  #room;
  constructor(room) {
    this.#room = room;
    onSubmit("#call-dialog", ({ elements: f }) => room.do("GiveFloor", { participant_id: f.person.value, interjection: f.kind.value === "interjection", seconds: seconds(f.minutes) }));
    onSubmit("#limit-dialog", ({ elements: f }) => room.do("SetSpeakingTime", { seconds: seconds(f.minutes) }));
    onSubmit("#deputy-dialog", ({ elements: f }) => room.do("NameDeputy", { participant_id: f.person.value }));
    for (const [button, act] of [["#name-deputy", () => this.deputy()], ["#dismiss-deputy", () => room.do("DismissDeputy")]]) {
      $(button).addEventListener("click", () => { $("#more").open = false; act(); });
    }
  }

  call() {
    const form = openForm("#call-dialog");
    people(form.elements.person, values(this.#room.state.participants));
    form.elements.kind[1].disabled = !speaker(this.#room.state);
  }

  limit() {
    openForm("#limit-dialog").elements.minutes.value = this.#room.state.meeting.speaking_seconds / 60;
  }

  deputy() {
    const form = openForm("#deputy-dialog");
    people(form.elements.person, values(this.#room.state.participants).filter((person) => person.duty === "participant"));
  }
}

const seconds = (field) => Math.round(Number(field.value) * 60) || 0;

const option = (person) => [person.name, [person.title, person.agency].filter(Boolean).join(", ")].filter(Boolean).join(" – ");

// Those who are here come first.
function people(select, list) {
  const here = (person) => person.attendance !== "absent";
  const group = (label, found) => found.length > 0 && h("optgroup", { label: t(label) }, found.sort(byName).map((person) => h("option", { value: person.id }, option(person))));
  fill(select, group("room.attendance", list.filter(here)), group("room.attendance_absent", list.filter((person) => !here(person))));
}
