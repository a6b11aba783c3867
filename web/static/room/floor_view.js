// Who has the floor, with the time left; whose speech an interjection holds.
import { h, fill, $ } from "./dom.js";
import { held, initials, speaker, spoken, voice } from "./facts.js";
import { countdown, t } from "./words.js";

export class FloorView {
  #room;
  constructor(room) { this.#room = room; }

  render(state) {
    const speech = speaker(state);
    const person = speech && voice(state, speech);
    $("#floor").hidden = !person;
    if (!person) return fill($("#floor"));
    const what = speech.paused_at ? "room.speech_paused" : speech.kind === "interjection" ? "room_speaking.interjecting" : "room.speaking";
    fill($("#floor"),
      h("span", { class: "face", "aria-hidden": "true" }, initials(person.name)),
      h("div", {}, h("span", { class: "small muted" }, t(what)), h("h3", {}, person.full),
        h("span", { class: "muted" }, [...person.lines, person.where].filter(Boolean).join(" · ")), speech.subject && h("p", { class: "small" }, speech.subject), this.#held(state)),
      h("span", { class: "clock", "data-floor-clock": speech.id, role: "timer" }), h("div", { class: "row floor-acts" }, this.#acts(speech)));
    this.tick(state);
  }

  tick(state) {
    for (const clock of document.querySelectorAll("[data-floor-clock]")) {
      const speech = state.speeches[clock.dataset.floorClock];
      if (!speech) continue;
      const left = speech.limit_seconds - spoken(speech, this.#room.connection.now());
      clock.textContent = countdown(left);
      clock.classList.toggle("late", left < 0);
      clock.classList.toggle("soon", left >= 0 && left < 30);
    }
  }

  #held(state) {
    const waiting = held(state);
    return waiting && h("p", { class: "small held" }, t("room_speaking.goes_on", { name: voice(state, waiting).full, time: countdown(waiting.limit_seconds - spoken(waiting, this.#room.connection.now())) }));
  }

  #acts(speech) {
    const { runs, me } = this.#room;
    const act = (key, label, name) => h("button", { class: "compact quiet", "data-key": key, onclick: () => this.#room.do(name, { speech_id: speech.id }) }, t(label));
    return [
      runs && act("extend-speech", "room_speaking.extend", "ExtendSpeech"),
      runs && (speech.paused_at ? act("pause-speech", "room.resume_speech", "ResumeSpeech") : act("pause-speech", "room.pause_speech", "PauseSpeech")),
      (runs || speech.participant_id === me) && h("button", { class: "compact", "data-key": "end-speech", onclick: () => this.#room.do("EndSpeech", { speech_id: speech.id }) }, t(speech.kind === "interjection" ? "room_speaking.end_interjection" : "room.end_speech")),
    ];
  }
}
