// What happens in the meeting now, and a word to this hall when it is its turn.
import { fill, h, $ } from "./dom.js";
import { items, openBallot, running, speaker, spoken, voice } from "./facts.js";
import { boot, countdown, t, timeOf } from "./words.js";

export class SiteFloor {
  #page;
  constructor(page) { this.#page = page; }

  render(state) {
    const item = running(state);
    const speech = speaker(state);
    const who = speech && voice(state, speech);
    const ours = speech && (speech.site_id === boot.site || state.participants[speech.participant_id]?.site_id === boot.site);
    const ballot = openBallot(state);
    const over = !this.#page.open;
    $("#site-floor").classList.toggle("ours", Boolean(ours));
    fill($("#site-floor"),
      h("p", { class: "small muted" }, over ? t(`room.state_${state.meeting.state}`) : state.meeting.state === "invited" ? t("room_sites.begins", { time: timeOf(state.meeting.starts_at) })
        : item ? t("room.item_number", { n: items(state).indexOf(item) + 1 }) : t("room.state_live")),
      item && !over && h("h2", {}, item.title),
      ours && h("p", { class: "strong large-text" }, t("room_sites.your_turn")),
      who && h("div", { class: "row spread" }, h("div", {}, h("p", { class: "small muted" }, t(speech.paused_at ? "room.speech_paused" : "room.speaking")), h("p", { class: "strong" }, who.full), h("p", { class: "small muted" }, [...who.lines, who.where].filter(Boolean).join(" · "))),
        h("span", { class: "clock", id: "site-clock", role: "timer" })),
      ours && h("div", {}, h("button", { "data-key": "end-ours", onclick: () => this.#page.connection.do("EndSpeech", { speech_id: speech.id }) }, t("room.end_speech"))),
      ballot && h("p", { class: "notice now" }, t("room_sites.ballot_open", { question: ballot.question })),
      h("div", { class: "row" }, h("a", { class: "button", href: `${boot.page}/projector`, target: "_blank", rel: "noopener", "data-key": "screen" }, t("room_sites.screen")),
        h("a", { class: "button quiet", href: boot.page, target: "_blank", rel: "noopener", "data-key": "papers" }, t("room_sites.papers"))));
    $("#votes-hint").hidden = !ballot && state.meeting.state !== "live";
    this.tick(state);
  }

  tick(state) {
    const speech = speaker(state);
    const clock = $("#site-clock");
    if (!speech || !clock) return;
    const left = speech.limit_seconds - spoken(speech, this.#page.connection.now());
    clock.textContent = countdown(left);
    clock.classList.toggle("late", left < 0);
  }
}
