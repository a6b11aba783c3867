// The ballot comes to whoever may vote, over whatever they do, without taking away what they were typing: a sheet from
// below with the whole question, large answers, a confirming step, and the receipt. Whoever holds proxies votes for each apart.
import { answersView, marked } from "./ballot_answers.js";
import { mandates } from "./ballot_facts.js";
import { hasOptions, ruleText, voteText } from "./ballot_words.js";
import { h, fill, $ } from "./dom.js";
import { openBallot } from "./facts.js";
import { t } from "./words.js";

const sameMarks = (a, b) => JSON.stringify(Object.entries(a.marks).sort()) === JSON.stringify(Object.entries(b.marks).sort());

export class BallotSheet {
  #room;
  #sheet = $("#ballot-sheet");
  #shown = null;
  #of = null; // whose mandate is being voted; null: one's own
  #chosen = new Map(); // by whose mandate: what is chosen and not yet sent
  // What is typed of another opinion is never drawn again while it is being typed.
  #text = h("textarea", { id: "opinion-text", rows: 2, oninput: () => this.render(this.#room.state) });
  #field = h("div", { class: "field", hidden: true }, h("label", { for: "opinion-text" }, t("room.opinion_text")), this.#text);
  #top = h("div", { class: "stack" });
  #acts = h("div", { class: "stack sheet-acts" });
  #hidden = new Set();
  #sending = false;

  constructor(room) {
    this.#room = room;
    this.#sheet.append(this.#top, this.#field, this.#acts);
  }

  render(state) {
    const ballot = openBallot(state);
    const own = ballot && state.participants[this.#room.me]?.votes ? mandates(state, ballot) : [];
    const hidden = this.#hidden.has(ballot?.id);
    $("#ballot-again").hidden = !(own.length > 0 && hidden);
    $("#ballot-again").onclick = () => { this.#hidden.delete(ballot.id); this.render(this.#room.state); };
    if (own.length === 0 || hidden) return void this.#close();
    if (this.#shown !== ballot.id) this.#open(ballot, own);
    this.#draw(ballot, own, own.find((each) => each.of === this.#of) ?? own[0]);
  }

  #open(ballot, own) {
    this.#shown = ballot.id;
    this.#chosen.clear();
    this.#turnTo(own.find((each) => !each.choice) ?? own[0]);
    this.#sheet.hidden = false;
    document.body.classList.add("voting");
    $("#announce").textContent = `${t("room.ballot_came")} ${ballot.question}`;
    // Whoever is writing keeps the focus where it is.
    const typing = document.activeElement?.matches("input, textarea, [contenteditable=true]");
    if (!typing) requestAnimationFrame(() => this.#sheet.querySelector("button")?.focus());
  }

  #turnTo(mandate) {
    this.#of = mandate.of;
    this.#text.value = mandate.text;
  }

  #close() {
    this.#shown = null;
    this.#sheet.hidden = true;
    document.body.classList.remove("voting");
  }

  #draw(ballot, own, mandate) {
    const paused = ballot.state === "paused";
    const fixed = paused || Boolean(mandate.choice && !ballot.change_allowed);
    const chosen = this.#chosen.get(mandate.of) ?? mandate;
    const name = this.#room.state.participants[mandate.of]?.name;
    fill(this.#top,
      h("div", { class: "row spread" }, h("span", { class: "chip now" }, t(paused ? "room.ballot_paused" : "room.voting_now")),
        ballot.closes_at && h("span", { class: "chip", "data-closes": ballot.id }),
        h("span", { class: "small muted" }, t("room.turnout", { n: ballot.cast, entitled: ballot.entitled }))),
      h("h2", { id: "ballot-question" }, ballot.question),
      h("p", { class: "small muted" }, ruleText(ballot), " ", t(ballot.change_allowed ? "room.may_change" : "room.may_not_change")),
      own.length > 1 && this.#mandates(own, mandate),
      mandate.of && h("p", { class: "notice warn", role: "status" }, t("room_ballots.voting_for", { name })),
      answersView(ballot, chosen, fixed, (next) => { this.#chosen.set(mandate.of, next); this.render(this.#room.state); }));
    this.#field.hidden = !this.#inWords(ballot, chosen);
    this.#text.disabled = fixed;
    this.#drawActs(ballot, mandate, chosen, fixed);
  }

  #mandates(own, mandate) {
    return h("div", { class: "mandates", role: "group", "aria-label": t("room_ballots.rules_of_body") }, own.map((each) => h("button", {
      class: `compact${each === mandate ? " primary" : ""}`, "aria-pressed": String(each === mandate), "data-key": `mandate-${each.of ?? "own"}`,
      onclick: () => { this.#turnTo(each); this.render(this.#room.state); },
    }, each.of ? t("room_ballots.mandate_of", { name: this.#room.state.participants[each.of]?.name ?? "" }) : t("room_ballots.own_mandate"),
    each.choice && ` ✓ ${t("room_ballots.mandate_done")}`)));
  }

  #inWords(ballot, chosen) { return ballot.kind === "opinion" && chosen.choice === "abstain"; }

  #drawActs(ballot, mandate, chosen, fixed) {
    const words = this.#inWords(ballot, chosen);
    const said = this.#text.value.trim();
    const options = hasOptions(ballot);
    const full = options ? Object.keys(chosen.marks).length > 0 : Boolean(chosen.choice);
    const changed = options ? !mandate.choice || !sameMarks(chosen, mandate) : chosen.choice !== mandate.choice || (words && said !== mandate.text);
    const label = this.#sending ? t("room.sending") : !options ? full && t("room.send_vote", { choice: voteText(ballot, chosen) }) : t(full ? "room_ballots.send_marks" : "room_ballots.send_blank");
    fill(this.#acts,
      mandate.choice && h("p", { class: "receipt", role: "status" }, h("strong", {}, t("room.you_voted", { choice: voteText(ballot, mandate) })), " ", h("span", { class: "small muted" }, t("room.receipt", { receipt: mandate.receipt.slice(0, 12) }))),
      (full || options) && changed && !fixed
        && h("button", { class: full ? "primary large" : "large", "data-key": "send-vote", disabled: this.#sending || (words && !said), onclick: () => this.#send(ballot, mandate, chosen) }, label),
      h("div", { class: "row spread" }, options && !fixed ? h("p", { class: "small", role: "status" }, ballot.kind === "approval"
        ? t("room_ballots.answered_of", { count: Object.keys(chosen.marks).length, all: ballot.options.length }) : t("room_ballots.chosen_of", { count: marked(chosen), most: ballot.most })) : h("span"), this.#later(ballot, mandate)));
  }

  #later(ballot, mandate) {
    return h("button", { class: "quiet", "data-key": "hide-vote", onclick: () => { this.#hidden.add(ballot.id); this.render(this.#room.state); } }, t(mandate.choice ? "room.close_sheet" : "room.vote_later"));
  }

  async #send(ballot, mandate, chosen) {
    this.#sending = true;
    this.render(this.#room.state);
    const text = this.#inWords(ballot, chosen) ? this.#text.value.trim() : "";
    const vote = hasOptions(ballot) ? { marks: chosen.marks } : { choice: chosen.choice, text };
    const answer = await this.#room.do("CastVote", { ballot_id: ballot.id, mandate_id: mandate.of, ...vote });
    this.#sending = false;
    const next = mandates(this.#room.state, ballot).find((each) => !each.choice && each.of !== mandate.of);
    if (answer.ok && next) this.#turnTo(next);
    this.render(this.#room.state);
  }
}
