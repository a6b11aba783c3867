// Who waits to speak and who was called; asking to speak.
import { h, fill, $ } from "./dom.js";
import { actsButton } from "./acts_dialog.js";
import { called, queue, speaker, spoken, values, voice } from "./facts.js";
import { listActs, requestActs } from "./speaking_acts.js";
import { countdown, t, timeOf } from "./words.js";

export class SpeakingView {
  #room;
  constructor(room) {
    this.#room = room;
    $("#ask-form").addEventListener("submit", async (event) => {
      event.preventDefault();
      const form = event.target;
      const answer = await room.do("AskToSpeak", { subject: $("#ask-subject").value, kind: $("#ask-kind").value });
      if (answer.ok) form.reset();
    });
  }

  render(state) {
    this.#queue(state);
    this.#called(state);
    const mine = values(state.speeches).find((speech) => speech.participant_id === this.#room.me && speech.state === "waiting");
    $("#ask").hidden = state.meeting.state !== "live" || !this.#room.me || this.#room.connection.role === "projector";
    $("#ask-closed").hidden = !state.meeting.speaking_closed;
    $("#ask-form").hidden = Boolean(mine);
    $("#ask-interjection").disabled = !speaker(state);
    fill($("#ask-mine"), mine && h("p", {}, t("room.you_wait"), " ",
      h("button", { class: "quiet compact", "data-key": "withdraw", onclick: () => this.#room.do("WithdrawRequest", { speech_id: mine.id }) }, t("room.withdraw"))));
  }

  #queue(state) {
    const waiting = queue(state);
    const room = this.#room;
    $("#queue-count").textContent = waiting.length ? ` · ${waiting.length}` : "";
    fill($("#queue"), waiting.length === 0 && h("li", { class: "muted small" }, t("room.queue_empty")), waiting.map((speech, index) => this.#waiting(state, speech, index)));
    fill($("#queue-acts"), room.runs && state.meeting.state === "live"
      && h("button", { class: "quiet compact", "data-key": "queue-acts", "aria-haspopup": "dialog", onclick: () => room.acts(() => listActs(room)) }, t("room_speaking.run_list")));
  }

  #waiting(state, speech, index) {
    const room = this.#room;
    const person = voice(state, speech);
    const kind = { order: "room.point_of_order", interjection: "room_speaking.interjection" }[speech.kind];
    return h("li", { class: "queue-line", "data-key": `wait-${speech.id}` }, h("span", { class: "muted strong" }, String(index + 1)),
      h("div", {}, h("span", { class: "strong" }, person.name), " ", kind && h("span", { class: "chip warn" }, t(kind)),
        h("span", { class: "small muted block" }, [person.where || person.lines.at(-1), speech.subject, timeOf(speech.asked_at)].filter(Boolean).join(" · "))),
      room.runs && h("div", { class: "line-acts" },
        h("button", { class: "compact", "data-key": `floor-${speech.id}`, onclick: () => room.do("GiveFloor", { speech_id: speech.id }), "aria-label": `${t("room.give_floor_short")}: ${person.name}` }, t("room.give_floor_short")),
        actsButton(`request-${speech.id}`, person.name, () => room.acts(() => requestActs(room, speech.id)))));
  }

  // Whoever was called: when, and for how long.
  #called(state) {
    const list = called(state).reverse();
    $("#called").hidden = list.length === 0;
    $("#called-count").textContent = ` · ${list.length}`;
    const now = this.#room.connection.now();
    fill($("#called-list"), list.map((speech) => h("li", { class: "row spread small", "data-key": `called-${speech.id}` },
      h("span", {}, voice(state, speech).name, speech.kind !== "request" && h("span", { class: "muted" }, ` · ${t(speech.kind === "order" ? "room.point_of_order" : "room_speaking.interjection")}`)),
      h("span", { class: "muted" }, `${timeOf(speech.started_at)} · ${speech.state === "done" ? countdown(spoken(speech, now)) : t("room_speaking.now")}`))));
  }
}
