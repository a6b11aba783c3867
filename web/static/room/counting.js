// Counting in the hall: one of those who run the meeting enters the numbers, another confirms them; and who of those who are level
// is the elder.
import { answerText, countText, hasOptions, nameOf, optionText } from "./ballot_words.js";
import { h, fill, $ } from "./dom.js";
import { onSubmit, openForm } from "./dialog_form.js";
import { t } from "./words.js";

export class Counting {
  #room;
  #ballot = null;

  constructor(room) {
    this.#room = room;
    onSubmit("#count-dialog", (form) => room.do("EnterCount", { ballot_id: this.#ballot.id, count: this.#count(form) }));
    onSubmit("#elder-dialog", (form) => {
      const keys = [...form.querySelectorAll("[name=elder]:checked")].map((box) => box.value);
      return room.do("RecordElder", { ballot_id: this.#ballot.id, option_ids: keys });
    });
  }

  // What the next one has to do: enter the numbers, or confirm those that another entered.
  act(ballot) {
    const entered = ballot.hand_count;
    if (!entered || entered.by === this.#room.me) return { label: t("room_ballots.enter_count"), act: () => this.#enter(ballot), primary: !entered };
    const text = t("room_ballots.confirm_numbers", { numbers: countText(ballot, entered.count) });
    return { label: t("room_ballots.confirm_count"), act: () => this.#room.confirm(text, () => this.#room.do("ConfirmCount", { ballot_id: ballot.id, count: entered.count })), primary: true };
  }

  progress(ballot) {
    const entered = ballot.hand_count;
    return h("div", { class: "notice" }, h("div", {}, h("p", {}, entered ? t("room_ballots.count_entered", { name: entered.name, numbers: countText(ballot, entered.count) }) : t("room_ballots.count_being")),
      entered && h("p", { class: "small" }, t("room_ballots.count_waits"))));
  }

  elder(ballot) {
    this.#ballot = ballot;
    openForm("#elder-dialog");
    $("#elder-hint").textContent = t("room_ballots.elder_hint", { free: ballot.result.free });
    fill($("#elder-list"), ballot.result.level.map((key) => h("label", { class: "check" }, h("input", { type: "checkbox", name: "elder", value: key }), h("span", {}, optionText(ballot, key)))));
  }

  #enter(ballot) {
    this.#ballot = ballot;
    openForm("#count-dialog");
    const known = ballot.hand_count?.count;
    const number = (name, label, value) => h("div", { class: "field count-line" }, h("label", { for: `count-${name}` }, label),
      h("input", { id: `count-${name}`, name, type: "number", min: 0, step: 1, inputmode: "numeric", required: true, value: value ?? "" }));
    $("#count-hint").textContent = t("room_ballots.count_hint", { entitled: ballot.entitled });
    const lines = hasOptions(ballot)
      ? ballot.options.flatMap((option) => [
        number(`for-${option.id}`, nameOf(option.text)[0] + (ballot.kind === "approval" ? ` – ${answerText(ballot, "for")}` : ""), known?.sums[option.id]),
        ballot.kind === "approval" && number(`against-${option.id}`, `${nameOf(option.text)[0]} – ${answerText(ballot, "against")}`, known?.against[option.id]),
      ])
      : ["for", "against", "abstain"].map((choice) => number(choice, answerText(ballot, choice), known?.sums[choice]));
    fill($("#count-lines"), lines.filter(Boolean), hasOptions(ballot) && number("valid", t("room_ballots.count_valid"), known?.valid), number("invalid", t("room_ballots.count_invalid"), known?.invalid ?? 0));
    $("#count-chair-part").hidden = ballot.tie !== "chair";
    fill($("#count-chair"), h("option", { value: "" }, t("room_ballots.count_chair_none")), ["for", "against"].map((choice) => h("option", { value: choice, selected: known?.chair === choice }, answerText(ballot, choice))));
  }

  #count(form) {
    const ballot = this.#ballot;
    const value = (name) => Number(form.elements[name].value);
    const each = (prefix) => Object.fromEntries(ballot.options.map(({ id }) => [id, value(`${prefix}-${id}`)]));
    if (hasOptions(ballot)) return { sums: each("for"), against: ballot.kind === "approval" ? each("against") : {}, valid: value("valid"), invalid: value("invalid"), chair: null };
    const sums = Object.fromEntries(["for", "against", "abstain"].map((choice) => [choice, value(choice)]));
    return { sums, against: {}, valid: sums.for + sums.against + sums.abstain, invalid: value("invalid"), chair: (ballot.tie === "chair" && form.elements.chair.value) || null };
  }
}
