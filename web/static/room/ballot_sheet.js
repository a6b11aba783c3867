// The ballot comes to whoever may vote, over whatever they do, without taking away what they were typing: a sheet from
// below with the whole question, large answers, a confirming step, and the receipt.
import { h, fill, $ } from "./dom.js";
import { openBallot } from "./facts.js";
import { answerText, ruleText, SIGNS } from "./ballot_views.js";
import { t } from "./words.js";

export class BallotSheet {
  #room;
  #sheet = $("#ballot-sheet");
  #shown = null;
  #chosen = null;
  // What is typed of another opinion is never drawn again while it is being typed.
  #text = h("textarea", { id: "opinion-text", rows: 2, oninput: () => this.render(this.#room.state) });
  #field = h("div", { class: "field", hidden: true }, h("label", { for: "opinion-text" }, t("room.opinion_text")), this.#text);
  #top = h("div", { class: "stack" });
  #acts = h("div", { class: "stack" });
  #hidden = new Set();
  #sending = false;

  constructor(room) {
    this.#room = room;
    this.#sheet.append(this.#top, this.#field, this.#acts);
  }

  render(state) {
    const ballot = openBallot(state);
    const mandate = ballot && state.mandates[ballot.id];
    const away = !mandate || this.#hidden.has(ballot.id);
    $("#ballot-again").hidden = !(mandate && this.#hidden.has(ballot?.id));
    $("#ballot-again").onclick = () => { this.#hidden.delete(ballot.id); this.render(this.#room.state); };
    if (away) return void this.#close();
    if (this.#shown !== ballot.id) this.#open(ballot, mandate);
    this.#draw(ballot, mandate);
  }

  #open(ballot, mandate) {
    this.#shown = ballot.id;
    this.#chosen = mandate.choice;
    this.#text.value = mandate.text;
    this.#sheet.hidden = false;
    document.body.classList.add("voting");
    $("#announce").textContent = `${t("room.ballot_came")} ${ballot.question}`;
    // Whoever is writing keeps the focus where it is.
    const typing = document.activeElement?.matches("input, textarea, [contenteditable=true]");
    if (!typing) requestAnimationFrame(() => this.#sheet.querySelector("button")?.focus());
  }

  #close() {
    this.#shown = null;
    this.#sheet.hidden = true;
    document.body.classList.remove("voting");
  }

  #draw(ballot, mandate) {
    const paused = ballot.state === "paused";
    const final = paused || Boolean(mandate.choice && !ballot.change_allowed);
    fill(this.#top,
      h("div", { class: "row spread" }, h("span", { class: "chip now" }, t(paused ? "room.ballot_paused" : "room.voting_now")), h("span", { class: "small muted" }, t("room.turnout", { n: ballot.cast, entitled: ballot.entitled }))),
      h("h2", { id: "ballot-question" }, ballot.question),
      h("p", { class: "small muted" }, ruleText(ballot), " ", t(ballot.change_allowed ? "room.may_change" : "room.may_not_change")),
      h("div", { class: "answers", role: "radiogroup", "aria-labelledby": "ballot-question" }, ["for", "against", "abstain"].map((choice) => this.#answer(ballot, choice, final))));
    this.#field.hidden = !this.#inWords(ballot);
    this.#text.disabled = final;
    this.#drawActs(ballot, mandate, final);
  }

  #inWords(ballot) { return ballot.kind === "opinion" && this.#chosen === "abstain"; }

  #drawActs(ballot, mandate, final) {
    const words = this.#inWords(ballot);
    const said = this.#text.value.trim();
    const changed = this.#chosen !== mandate.choice || (words && said !== mandate.text);
    fill(this.#acts,
      mandate.choice
        ? h("p", { class: "receipt", role: "status" }, h("strong", {}, t("room.you_voted", { choice: answerText(ballot, mandate.choice) })), " ", h("span", { class: "small muted" }, t("room.receipt", { receipt: mandate.receipt.slice(0, 12) })))
        : null,
      this.#chosen && changed && !final
        ? h("button", { class: "primary large", "data-key": "send-vote", disabled: this.#sending || (words && !said), onclick: () => this.#send(ballot) }, t(this.#sending ? "room.sending" : "room.send_vote", { choice: answerText(ballot, this.#chosen) }))
        : null,
      h("button", { class: "quiet", "data-key": "hide-vote", onclick: () => { this.#hidden.add(ballot.id); this.render(this.#room.state); } }, t(mandate.choice ? "room.close_sheet" : "room.vote_later")));
  }

  #answer(ballot, choice, final) {
    const chosen = this.#chosen === choice;
    return h("button", {
      class: `vote ${choice}${chosen ? " chosen" : ""}`, role: "radio", "aria-checked": String(chosen), "data-key": `vote-${choice}`, disabled: final,
      onclick: () => { this.#chosen = choice; this.render(this.#room.state); },
    }, h("span", { class: "sign", "aria-hidden": "true" }, SIGNS[choice]), h("span", {}, answerText(ballot, choice)));
  }

  async #send(ballot) {
    this.#sending = true;
    this.render(this.#room.state);
    const answer = await this.#room.do("CastVote", { ballot_id: ballot.id, choice: this.#chosen, text: this.#inWords(ballot) ? this.#text.value.trim() : "" });
    this.#sending = false;
    if (!answer.ok) this.#chosen = this.#room.state.mandates[ballot.id]?.choice ?? null;
    this.render(this.#room.state);
  }
}
