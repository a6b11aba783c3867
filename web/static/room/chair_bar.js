// The next sensible acts, in order, with a key each; what cannot be undone asks first.
import { prepared } from "./ballot_facts.js";
import { h, fill, $ } from "./dom.js";
import { answering, deputy, items, nextItem, openBallot, questions, queue, running, speaker, voice } from "./facts.js";
import { t } from "./words.js";

export class ChairBar {
  #room;
  #acts = [];
  constructor(room) {
    this.#room = room;
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  render(state) {
    $("#chair-bar").hidden = !this.#room.runs || ["finished", "cancelled"].includes(state.meeting.state);
    if (!this.#room.runs) return;
    this.#acts = state.meeting.state === "live" ? this.#live(state) : [{ key: "S", label: t("room.start_meeting"), primary: true, act: () => this.#room.do("StartMeeting") }];
    fill($("#chair-bar"), this.#acts.map(({ key, label, primary, quiet, act }) => h("button", { class: primary ? "primary" : quiet ? "quiet last" : "", "data-key": `bar-${key}`, "aria-keyshortcuts": key, onclick: act }, label, " ", h("kbd", { "aria-hidden": "true" }, key === "ArrowRight" ? "→" : key))));
  }

  #live(state) {
    const room = this.#room;
    const [first] = queue(state);
    const now = speaker(state);
    const next = nextItem(state);
    const acts = [];
    if (now) acts.push({ key: "P", label: t("room.end_speech"), act: () => room.do("EndSpeech", { speech_id: now.id }) });
    else if (first && !answering(state)) acts.push({ key: "P", label: t("room.give_floor", { name: voice(state, first).name }), act: () => room.do("GiveFloor", { speech_id: first.id }) });
    acts.push(...this.#questioning(state, now || first));
    acts.push({ key: "B", ...this.#ballot(state, openBallot(state), running(state)) });
    if (openBallot(state)) acts.unshift(acts.pop());
    acts.push({ key: "K", label: t("room.record_conclusion"), act: () => room.editConclusion() });
    if (next) acts.push({ key: "ArrowRight", label: t("room.go_to_item", { n: items(state).indexOf(next) + 1 }), quiet: true, act: () => room.do("StartItem", { item_id: next.id }) });
    if (!acts.some((act) => act.primary)) acts[0].primary = true;
    const handed = room.leads && deputy(state);
    if (room.leads && !(next && handed)) acts.push({ key: "E", label: t("room.end_meeting"), quiet: true, act: () => room.confirm(t("room.confirm_end"), () => room.do("EndMeeting")) });
    if (handed) acts.push({ key: "D", label: t(room.chairs ? "room_deputy.take_back" : "room_deputy.give_back"), quiet: true, act: () => room.do("DismissDeputy") });
    return acts;
  }

  // The open one is ended; else the next of the list is opened, that of the running item first.
  #ballot(state, open, here) {
    const room = this.#room;
    if (open?.method === "hand" && open.state === "open") return { ...room.counting.act(open), primary: true };
    if (open?.method === "hand") return { label: t("room.resume_ballot"), primary: true, act: () => room.do("ResumeBallot", { ballot_id: open.id }) };
    if (open) return { label: t("room.close_ballot"), primary: true, act: () => room.confirm(t("room.confirm_close_ballot", { n: open.cast, entitled: open.entitled }), () => room.do("CloseBallot", { ballot_id: open.id })) };
    const waiting = prepared(state);
    const next = waiting.find((ballot) => ballot.item_id === here?.id) ?? waiting[0];
    if (!next) return { label: t("room.new_ballot"), act: () => room.editBallot() };
    const place = waiting.length > 1 ? ` (${t("room_ballots.nth_of", { number: waiting.indexOf(next) + 1, all: waiting.length })})` : "";
    return { label: t("room.open_ballot") + place, act: () => room.confirm(t("room.confirm_open_ballot", { question: next.question }), () => room.do("OpenBallot", { ballot_id: next.id })) };
  }

  // The answer that runs ends; the next question comes when nobody has or waits for the floor.
  #questioning(state, busy) {
    const running = answering(state);
    const [next] = questions(state, "waiting");
    if (running) return [{ key: "Q", label: t("room_questioning.answered_act"), act: () => this.#room.do("CloseQuestion", { question_id: running.id, outcome: "answered" }) }];
    return next && !busy ? [{ key: "Q", label: t("room_questioning.call"), act: () => this.#room.do("CallQuestion", { question_id: next.id }) }] : [];
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || $("#chair-bar").hidden) return;
    if (event.target.closest("input, textarea, select, [contenteditable=true], dialog[open], [role=radiogroup]")) return;
    const found = this.#acts.find(({ key }) => key === (event.key.length === 1 ? event.key.toUpperCase() : event.key));
    if (found) { event.preventDefault(); found.act(); }
  }
}
