// Who runs the meeting for the chair: said to everybody, and to the deputy when it begins and ends.
import { $ } from "./dom.js";
import { deputy } from "./facts.js";
import { t } from "./words.js";

export class DeputyView {
  #room;
  #was = null; // whether I was it, as last drawn
  constructor(room) { this.#room = room; }

  render(state) {
    const { chairs, me } = this.#room;
    const person = deputy(state);
    const open = ["invited", "live"].includes(state.meeting.state);
    $("#name-deputy-line").hidden = !chairs || !open;
    $("#dismiss-deputy-line").hidden = !person || !(chairs || person.id === me);
    $("#dismiss-deputy").textContent = t(chairs ? "room_deputy.take_back" : "room_deputy.give_back");
    const am = person?.id === me && Boolean(me);
    if (this.#was !== null && am !== this.#was) this.#room.note(t(am ? "room_deputy.you_run" : "room_deputy.you_ran"), am ? "warn" : "ok");
    this.#was = am;
  }
}
