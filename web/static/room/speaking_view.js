// Who has the floor, with the time left; who waits; asking to speak.
import { bar, h, fill, $ } from "./dom.js";
import { initials, queue, speaker, speakingTimes, spoken, values, voice } from "./facts.js";
import { countdown, t } from "./words.js";

export class SpeakingView {
  #room;
  constructor(room) {
    this.#room = room;
    $("#ask-form").addEventListener("submit", (event) => {
      event.preventDefault();
      room.do("AskToSpeak", { subject: $("#ask-subject").value, kind: $("#ask-order").checked ? "order" : "request" });
      event.target.reset();
    });
  }

  render(state) {
    this.#floor(state);
    this.#queue(state);
    this.#times(state);
    const closed = state.meeting.speaking_closed;
    $("#ask-closed").hidden = !closed;
    const mine = values(state.speeches).find((speech) => speech.participant_id === this.#room.me && speech.state === "waiting");
    $("#ask").hidden = state.meeting.state !== "live" || !this.#room.me || this.#room.connection.role === "projector";
    $("#ask-form").hidden = Boolean(mine);
    fill($("#ask-mine"), mine && h("p", {}, t("room.you_wait"), " ",
      h("button", { class: "quiet compact", "data-key": "withdraw", onclick: () => this.#room.do("WithdrawRequest", { speech_id: mine.id }) }, t("room.withdraw"))));
  }

  tick(state) {
    const now = speaker(state);
    for (const clock of document.querySelectorAll("[data-floor-clock]")) {
      if (!now) continue;
      const left = now.limit_seconds - spoken(now, this.#room.connection.now());
      clock.textContent = countdown(left);
      clock.classList.toggle("late", left < 0);
    }
  }

  #floor(state) {
    const speech = speaker(state);
    const person = speech && voice(state, speech);
    $("#floor").hidden = !person;
    if (!person) return fill($("#floor"));
    fill($("#floor"),
      h("span", { class: "face", "aria-hidden": "true" }, initials(person.name)),
      h("div", {}, h("span", { class: "small muted" }, t(speech.paused_at ? "room.speech_paused" : "room.speaking")), h("h3", {}, person.full),
        h("span", { class: "muted" }, [...person.lines, person.where].filter(Boolean).join(" · ")), speech.subject && h("p", { class: "small" }, speech.subject)),
      h("div", { class: "floor-side" }, h("span", { class: "clock", "data-floor-clock": speech.id, role: "timer" }),
        this.#room.runs && h("button", { class: "compact quiet", "data-key": "pause-speech", onclick: () => this.#room.do(speech.paused_at ? "ResumeSpeech" : "PauseSpeech", { speech_id: speech.id }) },
          t(speech.paused_at ? "room.resume_speech" : "room.pause_speech")),
        (this.#room.runs || speech.participant_id === this.#room.me) && h("button", { class: "compact", "data-key": "end-speech", onclick: () => this.#room.do("EndSpeech", { speech_id: speech.id }) }, t("room.end_speech"))));
    this.tick(state);
  }

  #queue(state) {
    const waiting = queue(state);
    $("#queue-count").textContent = waiting.length ? ` · ${waiting.length}` : "";
    fill($("#queue"), waiting.length === 0 && h("li", { class: "muted small" }, t("room.queue_empty")),
      waiting.map((speech, index) => {
        const person = voice(state, speech);
        return h("li", { class: "queue-line", "data-key": `wait-${speech.id}` }, h("span", { class: "muted strong" }, String(index + 1)),
          h("div", {}, h("span", { class: "strong" }, person.name), speech.kind === "order" && h("span", { class: "chip warn" }, t("room.point_of_order")), h("span", { class: "small muted block" }, [person.where || person.lines.at(-1), speech.subject].filter(Boolean).join(" · "))),
          this.#room.runs && h("button", { class: "compact", "data-key": `floor-${speech.id}`, onclick: () => this.#room.do("GiveFloor", { speech_id: speech.id }), "aria-label": `${t("room.give_floor_short")}: ${person.name}` }, t("room.give_floor_short")));
      }));
    const order = (key, rule) => h("button", { class: "quiet compact", "data-key": key, onclick: () => this.#room.do("OrderQueue", { rule }) }, t(`room.order_${rule}`));
    const closed = state.meeting.speaking_closed;
    fill($("#queue-acts"), this.#room.runs && state.meeting.state === "live" && [
      waiting.length > 1 && order("queue-fair", "fair"), waiting.length > 1 && order("queue-request", "request"),
      h("button", { class: "quiet compact", "data-key": "queue-close", onclick: () => this.#room.do("CloseSpeakingList", { closed: !closed }) }, t(closed ? "room.open_list" : "room.close_list")),
    ]);
  }

  // How long each has spoken, drawn; up to date when a speech begins, pauses or ends.
  #times(state) {
    const times = speakingTimes(state, this.#room.connection.now());
    $("#speaking-times").hidden = times.length === 0;
    const most = times[0]?.[1] ?? 1;
    fill($("#speaking-times-list"), times.map(([person, seconds]) => h("li", { "data-key": `time-${person.id}` }, h("span", { class: "row spread small" }, h("span", {}, person.name), h("span", { class: "muted" }, countdown(seconds))),
      bar([["brand", seconds]], most))));
  }
}
