// The shared screen: follows the meeting by itself, without controls, to be read across a hall.
import { ring } from "./attendance_view.js";
import { timeLeft } from "./ballot_facts.js";
import { resultView, sumsView } from "./ballot_result.js";
import { hasOptions, ruleText } from "./ballot_words.js";
import { Connection } from "./connection.js";
import { $, bar, fill, h } from "./dom.js";
import { attendance, ballots, items, openBallot, queue, running, speaker, spoken, voice } from "./facts.js";
import { codeAddress, codeImage } from "./door_code.js";
import { boot, countdown, t, timeOf } from "./words.js";

const RESULT_STAYS = 90_000;

class Projector {
  #connection = new Connection();
  constructor() {
    this.#connection.on("change", () => this.#render());
    this.#connection.on("status", () => { $("#cut").hidden = ["connected", "connecting"].includes(this.#connection.status); });
    this.#connection.on("gone", () => { $("#cut").hidden = false; });
    setInterval(() => this.#tick(), 500);
  }

  get state() { return this.#connection.state; }

  #render() {
    const { state } = this;
    const item = running(state);
    const number = items(state).indexOf(item) + 1;
    const open = openBallot(state);
    const closed = this.#freshResult(state);
    fill($("#kicker"), open ? t("room.voting_now") : closed ? t("room.ballot_result") : item ? t("room.item_number", { n: number }) : t(`room.state_${state.meeting.state}`));
    fill($("#title"), open?.question ?? closed?.question ?? item?.title ?? state.meeting.title);
    const stage = open ? this.#open(open) : closed ? [resultView(closed, true)] : this.#talk(state, item);
    fill($("#stage"), ...stage);
    const facts = attendance(state);
    fill($("#foot"), h("div", { class: "foot-ring" }, ring(facts)), h("p", {}, t("room.present_of", { n: facts.present, members: facts.members }), " · ", t(facts.reached ? "room.quorate" : "room.inquorate", { needed: facts.needed })));
    this.#tick();
  }

  #freshResult(state) {
    const last = ballots(state).filter((ballot) => ballot.state === "closed").sort((a, b) => (a.closed_at < b.closed_at ? 1 : -1))[0];
    return last && this.#connection.now() - Date.parse(last.closed_at) < RESULT_STAYS && !speaker(state) ? last : null;
  }

  #open(ballot) {
    if (ballot.method === "hand") return [h("p", { class: "big" }, t("room_ballots.count_being")), h("p", {}, ruleText(ballot))];
    return [
      bar([["brand", ballot.cast]], ballot.entitled, true),
      h("p", { class: "big" }, t("room.turnout", { n: ballot.cast, entitled: ballot.entitled }), ballot.closes_at && h("span", { class: "closes", id: "closes" })),
      ballot.progress === "votes" && sumsView(ballot, !hasOptions(ballot)), h("p", {}, ruleText(ballot)),
    ].filter(Boolean);
  }

  #talk(state, item) {
    if (state.meeting.state === "invited" && boot.door) return [h("div", { class: "check-in" }, codeImage(this.#connection.now()), h("p", { class: "big" }, t("room_door.scan")))];
    const speech = speaker(state);
    const person = speech && voice(state, speech);
    const waiting = queue(state).slice(0, 3).map((each) => voice(state, each).name);
    return [
      person && h("div", { class: "speaker" }, h("div", {}, h("p", { class: "muted" }, t("room.speaking")), h("p", { class: "big" }, person.full), h("p", {}, [...person.lines, person.where].filter(Boolean).join(" · "))), h("span", { class: "clock", id: "clock" })),
      !person && item?.presenter && h("p", { class: "big" }, item.presenter),
      waiting.length > 0 && h("p", { class: "muted" }, `${t("room.next_speakers")} ${waiting.join(", ")}`),
    ].filter(Boolean);
  }

  #tick() {
    const code = $("#stage .code");
    if (code && code.getAttribute("src") !== codeAddress(this.#connection.now())) code.setAttribute("src", codeAddress(this.#connection.now()));
    const now = this.#connection.now();
    $("#time").textContent = timeOf(new Date(now).toISOString());
    const speech = this.state && speaker(this.state);
    const closes = $("#closes");
    if (closes) closes.textContent = ` · ${t("room_ballots.time_left", { time: countdown(timeLeft(openBallot(this.state), now) ?? 0) })}`;
    const clock = $("#clock");
    if (speech && clock) {
      const left = speech.limit_seconds - spoken(speech, now);
      clock.textContent = countdown(left);
      clock.classList.toggle("late", left < 0);
    }
    if (this.state && !speech && $("#stage .result-box") && !this.#freshResult(this.state)) this.#render();
  }
}

window.room = new Projector();
