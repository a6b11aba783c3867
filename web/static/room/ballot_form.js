// Preparing a ballot: the common case is a question and a rule; the rest is folded away until it is wanted.
import { fillItems, onSubmit, openForm } from "./dialog_form.js";
import { fill, h, $ } from "./dom.js";
import { optionText } from "./ballot_words.js";
import { t } from "./words.js";

const TIES = { plain: ["fails", "chair", "revote"], options: ["fails", "revote", "elder"] };
const WITH_OPTIONS = ["choice", "election", "approval"];
const COMMON = [">1/2", "≥2/3", "≥3/4", "≥1/2"];
// What is offered to begin with; fields of the form.
const TEMPLATES = {
  half: { kind: "motion", threshold: ">1/2", base: "all", method: "online" },
  two_thirds: { kind: "motion", threshold: "≥2/3", base: "all", method: "online" },
  opinion: { kind: "opinion", threshold: ">1/2", base: "all", method: "online" },
  choice: { kind: "choice", threshold: ">1/2", base: "all", method: "online", most: 1, tie: "revote" },
  election: { kind: "election", threshold: ">1/2", base: "all", method: "online", disclosure: "totals", most: 1, seats: 1, tie: "revote" },
  hands: { kind: "motion", threshold: ">1/2", base: "all", method: "hand" },
};

const lines = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);
const fraction = (text) => text.split("/").map(Number);

export class BallotForm {
  #room;
  #form = $("#ballot-dialog form");

  constructor(room) {
    this.#room = room;
    onSubmit("#ballot-dialog", () => room.do("PrepareBallot", this.#fields()));
    this.#form.addEventListener("change", () => this.#shape());
    for (const button of this.#form.querySelectorAll("[data-template]")) button.addEventListener("click", () => this.#put(TEMPLATES[button.dataset.template]));
  }

  // A new one; `known`: one that is prepared and now changes; `again`: one that is over and is repeated.
  open(known, again) {
    openForm("#ballot-dialog");
    const from = known ?? again;
    this.#form.dataset.known = known?.id ?? "";
    this.#form.dataset.previous = again?.id ?? known?.previous_id ?? "";
    $("#ballot-dialog-title").textContent = t(known ? "room_ballots.edit_ballot" : "room.new_ballot");
    $("#ballot-templates").hidden = Boolean(from);
    fillItems(this.#form.elements.item_id, this.#room.state, from ? from.item_id ?? "" : undefined);
    if (from) this.#put(fieldsOf(from));
    this.#shape();
  }

  // A new ballot like the old one, between those who are level.
  revote(ballot) {
    const level = ballot.options.length > 0 ? { options: ballot.result.level.map((key) => optionText(ballot, key)), seats: ballot.result.free, most: Math.min(ballot.most, ballot.result.free) } : {};
    const same = ["question", "kind", "item_id", "base", "threshold", "strict", "quorum", "change_allowed", "disclosure", "progress", "method", "weighted", "seconds", "tie"];
    return this.#room.do("PrepareBallot", { ...Object.fromEntries(same.map((name) => [name, ballot[name]])), ...level, previous_id: ballot.id });
  }

  #put(fields) {
    for (const [name, value] of Object.entries(fields)) {
      const field = this.#form.elements[name];
      if (field.type === "checkbox") field.checked = value;
      else if (name !== "tie") field.value = value;
    }
    this.#shape();
    if (fields.tie) this.#form.elements.tie.value = fields.tie;
  }

  // Shows what belongs to the chosen kind, rule and way of counting.
  #shape() {
    const f = this.#form.elements;
    const options = WITH_OPTIONS.includes(f.kind.value);
    $("#b-options-part").hidden = !options;
    if (options) $("#b-options-label").textContent = t(`room_ballots.options_${f.kind.value}`);
    $("#b-most-part").hidden = f.kind.value === "approval";
    $("#b-seats-part").hidden = f.kind.value !== "election";
    $("#b-share-part").hidden = f.threshold.value !== "other";
    for (const part of document.querySelectorAll("[data-online]")) part.hidden = f.method.value === "hand";
    const tie = f.tie.value;
    const ties = TIES[options ? "options" : "plain"];
    fill(f.tie, ties.map((name) => h("option", { value: name, "data-key": name }, t(`room_ballots.tie_${name}`))));
    f.tie.value = ties.includes(tie) ? tie : "fails";
  }

  #fields() {
    const f = this.#form.elements;
    const options = WITH_OPTIONS.includes(f.kind.value) ? lines(f.options.value) : [];
    const other = f.threshold.value === "other";
    const online = f.method.value === "online";
    const most = ["choice", "election"].includes(f.kind.value) ? Number(f.most.value) : 0;
    return {
      ballot_id: this.#form.dataset.known || null, previous_id: this.#form.dataset.previous || null, question: f.question.value, kind: f.kind.value,
      options, most, seats: { election: Number(f.seats.value), choice: Math.min(most, options.length) }[f.kind.value] ?? 0,
      item_id: f.item_id.value || null, base: f.base.value,
      threshold: other ? [Number(f.share_num.value), Number(f.share_den.value)] : fraction(f.threshold.value.slice(1)), strict: other ? f.share_strict.checked : f.threshold.value.startsWith(">"),
      quorum: fraction(f.quorum.value), change_allowed: f.change_allowed.checked, disclosure: f.disclosure.value, method: f.method.value, tie: f.tie.value,
      progress: online ? f.progress.value : "turnout", weighted: online && f.weighted.checked, seconds: online ? Math.round(Number(f.closes_after.value) * 60) : 0,
    };
  }
}

// A ballot as the fields of the form.
function fieldsOf(ballot) {
  const share = `${ballot.strict ? ">" : "≥"}${ballot.threshold.join("/")}`;
  const same = ["question", "kind", "base", "disclosure", "progress", "method", "weighted", "change_allowed", "tie"];
  return {
    ...Object.fromEntries(same.map((name) => [name, ballot[name]])), options: ballot.options.map((option) => option.text).join("\n"),
    most: ballot.most || 1, seats: ballot.seats || 1, quorum: ballot.quorum.join("/"), closes_after: ballot.seconds / 60,
    threshold: COMMON.includes(share) ? share : "other", share_num: ballot.threshold[0], share_den: ballot.threshold[1], share_strict: ballot.strict,
  };
}
