// Ballots: prepared in their order, open with turnout, closed with the result drawn and its arithmetic in one sentence.
import { resultView, sumsView } from "./ballot_result.js";
import { answerText, hasOptions, quorumText, ruleText, voteText } from "./ballot_words.js";
import { h, fill, bar, $ } from "./dom.js";
import { ballotRule, mandates, prepared, readiness, timeLeft } from "./ballot_facts.js";
import { ballots, underWay } from "./facts.js";
import { ProxyView } from "./proxy_view.js";
import { boot, countdown, t } from "./words.js";

const OVER = ["closed", "void"];

export class BallotsView {
  #room;
  #proxy;
  constructor(room) {
    this.#room = room;
    this.#proxy = new ProxyView(room);
  }

  render(state) {
    const order = ballots(state);
    const shown = [...order.filter(underWay), ...prepared(state), ...order.filter((each) => OVER.includes(each.state)).reverse()];
    fill($("#ballots"), shown.length === 0 && h("p", { class: "muted" }, t("room.no_ballots")), shown.map((ballot) => this.#ballot(state, ballot)),
      this.#room.runs && ["invited", "live"].includes(state.meeting.state) && h("button", { "data-key": "new-ballot", onclick: () => this.#room.editBallot() }, t("room.new_ballot")),
      this.#proxy.draw(state));
    this.tick(state);
  }

  // Wherever a ballot's deadline is shown: here, and in the voters' sheet.
  tick(state) {
    for (const place of document.querySelectorAll("[data-closes]")) {
      const ballot = state.ballots[place.dataset.closes];
      const left = ballot && timeLeft(ballot, this.#room.connection.now());
      if (left === undefined || left === null) continue;
      place.textContent = left > 0 ? t("room_ballots.time_left", { time: countdown(left) }) : t("room_ballots.time_up");
      place.classList.toggle("bad", left < 10);
    }
  }

  #ballot(state, ballot) {
    const before = state.ballots[ballot.previous_id];
    return h("article", { class: `ballot ${ballot.state}`, "data-key": `ballot-${ballot.id}` },
      h("div", { class: "row spread" }, h("h3", {}, ballot.question), underWay(ballot) && ballot.closes_at && h("span", { class: "chip", "data-closes": ballot.id }),
        h("span", { class: `chip ${underWay(ballot) ? "now" : ballot.state === "void" ? "bad" : ""}` }, t(`room.ballot_${ballot.state}`))),
      h("p", { class: "small muted" }, ruleText(ballot)),
      before && h("p", { class: "small" }, t("room.repeats", { question: before.question })),
      ballot.state === "void" && h("p", { class: "small" }, t("room.void_because", { reason: ballot.void_reason })),
      ballot.state === "prepared" && hasOptions(ballot) && h("ol", { class: "option-list small" }, ballot.options.map((option) => h("li", {}, option.text))),
      ballot.state === "prepared" && this.#ready(state, ballot),
      underWay(ballot) && this.#progress(state, ballot),
      ballot.state === "closed" && resultView(ballot),
      ballot.opened_at && h("p", { class: "small muted" }, quorumText(ballot)),
      ballot.state === "closed" && this.#names(state, ballot),
      this.#room.runs && h("div", { class: "row" }, this.#acts(state, ballot).filter(Boolean)));
  }

  #ready(state, ballot) {
    if (!this.#room.runs) return null;
    const { can, all } = readiness(state, ballot);
    return h("button", { class: "quiet compact ready-line", "data-key": `ready-${ballot.id}`, onclick: () => this.#room.showReady(ballot) },
      t("room_ballots.ready", { count: can.length, all: all.length }), " ›");
  }

  #acts(state, ballot) {
    const room = this.#room;
    const button = (key, label, act, kind = "quiet") => h("button", { class: kind, "data-key": `${key}-${ballot.id}`, onclick: act }, label);
    const give = (name, more) => () => room.do(name, { ballot_id: ballot.id, ...more });
    const live = state.meeting.state === "live";
    const over = OVER.includes(ballot.state);
    const tied = ballot.state === "closed" && ballot.result.tied;
    return [
      ballot.state === "prepared" && live && button("open", t("room.open_ballot"), give("OpenBallot"), "primary"),
      ballot.state === "prepared" && button("edit", t("room.edit"), () => room.editBallot(ballot)),
      ballot.state === "prepared" && this.#move(state, ballot, -1),
      ballot.state === "prepared" && this.#move(state, ballot, 1),
      ballot.state === "prepared" && button("remove", t("room.remove_ballot"), give("RemoveBallot")),
      underWay(ballot) && ballot.method === "online" && button("close", t("room.close_ballot"), give("CloseBallot"), "primary"),
      ballot.state === "open" && ballot.method === "hand" && this.#count(ballot),
      ballot.state === "open" && button("pause", t("room.pause_ballot"), give("PauseBallot")),
      ballot.state === "paused" && button("resume", t("room.resume_ballot"), give("ResumeBallot"), ballot.method === "hand" ? "primary" : "quiet"),
      tied && ballot.tie === "revote" && live && button("revote", t("room_ballots.revote"), () => room.voteAgain(ballot), "primary"),
      tied && ballot.tie === "elder" && button("elder", t("room_ballots.record_elder"), () => room.counting.elder(ballot), "primary"),
      over && live && !tied && button("again", t("room.repeat_ballot"), () => room.editBallot(null, ballot)),
      ["open", "paused", "closed"].includes(ballot.state) && room.chairs && button("void", t("room.void_ballot"), () => this.#void(ballot), "quiet danger"),
      over && h("a", { class: "button quiet", "data-key": `record-${ballot.id}`, href: `/meetings/${boot.meeting}/ballots/${ballot.id}/record.json` }, t("room.ballot_record")),
    ];
  }

  #move(state, ballot, by) {
    const ids = prepared(state).map((each) => each.id);
    const at = ids.indexOf(ballot.id);
    if (!ids[at + by]) return null;
    [ids[at], ids[at + by]] = [ids[at + by], ids[at]];
    const label = t(by < 0 ? "room_ballots.up" : "room_ballots.down");
    return h("button", { class: "quiet", "data-key": `move${by}-${ballot.id}`, "aria-label": `${label}: ${ballot.question}`, title: label, onclick: () => this.#room.do("OrderBallots", { ballot_ids: ids }) }, by < 0 ? "↑" : "↓");
  }

  #count(ballot) {
    const { label, act, primary } = this.#room.counting.act(ballot);
    return h("button", { class: primary ? "primary" : "quiet", "data-key": `count-${ballot.id}`, onclick: act }, label);
  }

  #void(ballot) {
    this.#room.askReason(t("room.void_ballot"), t("room.void_hint"), (reason) => this.#room.do("VoidBallot", { ballot_id: ballot.id, reason }));
  }

  #progress(state, ballot) {
    if (ballot.method === "hand") return this.#room.counting.progress(ballot);
    const rule = ballotRule(ballot);
    const waiting = Object.keys(ballot.roll ?? {}).filter((key) => !ballot.voted.includes(key));
    const name = (key) => state.participants[key]?.name ?? "";
    const whose = (key) => (ballot.roll[key] === key ? name(key) : `${name(key)} (${t("room_ballots.reason_proxy", { name: name(ballot.roll[key]) })})`);
    return h("div", { class: "stack" }, bar([["brand", ballot.cast]], ballot.entitled, true),
      h("p", { class: "small" }, t("room.turnout", { n: ballot.cast, entitled: ballot.entitled }), ballot.base !== "cast" ? ` ${t("room.needs", { needed: rule.needed })}` : ""),
      ballot.progress === "votes" && sumsView(ballot),
      this.#room.me && mandates(state, ballot).length === 0 && h("p", { class: "small" }, t("room.not_on_roll")),
      waiting.length > 0 && h("details", { open: waiting.length <= 12 }, h("summary", { "data-key": `waiting-${ballot.id}` }, `${t("room.not_voted")} ${waiting.length}`),
        h("p", { class: "small muted" }, waiting.map(whose).join(", "))));
  }

  #names(state, ballot) {
    const { choices, texts } = ballot.result;
    if (!choices) return null;
    const lines = new Map(hasOptions(ballot) ? [] : ["for", "against", "abstain"].map((choice) => [answerText(ballot, choice), []]));
    for (const [key, said] of Object.entries(choices)) {
      const text = hasOptions(ballot) ? voteText(ballot, { marks: said }) : answerText(ballot, said);
      lines.set(text, [...(lines.get(text) ?? []), state.participants[key]?.name ?? ""]);
    }
    return h("details", {}, h("summary", { "data-key": `names-${ballot.id}` }, t("room.who_voted")),
      [...lines].map(([text, names]) => names.length > 0 && h("p", { class: "small" }, h("strong", {}, `${text}: `), names.sort().join(", "))),
      Object.entries(texts ?? {}).map(([key, text]) => h("p", { class: "small" }, h("strong", {}, `${state.participants[key]?.name ?? ""}: `), text)));
  }
}
