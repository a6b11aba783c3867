// One person in the roll call: who, the present mark in words, the marks to choose from, and why somebody is away.
import { h } from "./dom.js";
import { isPresent, rollState } from "./roll.js";
import { rollText } from "./roll_words.js";
import { t } from "./words.js";

const HERE = ["room", "online", "left", "mistaken"];
const AWAY = ["room", "online", "excused", "unexcused"];

export class RollLine {
  #room;
  #state;
  #mark;
  // `mark(person, mark, reason)` is what a press does.
  constructor(room, state, mark) { [this.#room, this.#state, this.#mark] = [room, state, mark]; }

  of(person, active) {
    const now = rollState(person, this.#state.meeting);
    const over = !["invited", "live"].includes(this.#state.meeting.state);
    const marks = (isPresent(person) ? HERE : now === "left" ? [...HERE.slice(0, 2), "mistaken"] : AWAY).filter((mark) => !over || ["excused", "unexcused"].includes(mark));
    const instead = this.#state.participants[person.substitute_for_id];
    return h("li", { class: `roll-line is-${now}${active ? " active" : ""}`, "data-key": `roll-${person.id}`, "data-person": person.id },
      h("div", { class: "roll-who" }, h("span", { class: "strong" }, person.name),
        instead && h("span", { class: "chip" }, t("room_attendance.instead_of", { name: instead.name })),
        h("span", { class: "small muted block" }, [person.title, person.agency, person.votes && t("room.has_vote")].filter(Boolean).join(" · ")),
        h("span", { class: `small block roll-now` }, rollText(person, this.#state.meeting))),
      h("div", { class: "roll-marks", role: "group", "aria-label": person.name }, marks.map((mark) => h("button", {
        type: "button", class: "compact", "data-key": `${mark}-${person.id}`, "aria-pressed": String(mark === now), onclick: () => this.#mark(person, mark),
      }, t(`room_attendance.mark_${mark}`)))),
      ["excused", "unexcused", "left"].includes(now) && this.#reason(person, now));
  }

  #reason(person, now) {
    return h("label", { class: "roll-reason", "data-key": `why-${person.id}` }, h("span", { class: "small muted" }, t("room_attendance.reason")),
      h("input", { value: person.absence_reason, maxlength: 300, "data-key": `reason-${person.id}`, placeholder: person.answer_reason || null,
        onchange: (event) => this.#mark(person, now === "left" ? "left" : now, event.target.value) }));
  }
}
