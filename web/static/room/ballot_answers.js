// The answers of a ballot as its voter gives them: three large buttons, a list to choose from, or for and against in each line.
import { h } from "./dom.js";
import { answerText, hasOptions, nameOf, SIGNS } from "./ballot_words.js";
import { t } from "./words.js";

// `chosen`: {choice, marks}; `choose` is given what it becomes.
export function answersView(ballot, chosen, fixed, choose) {
  if (!hasOptions(ballot)) return plain(ballot, chosen, fixed, choose);
  return ballot.kind === "approval" ? each(ballot, chosen, fixed, choose) : list(ballot, chosen, fixed, choose);
}

export const marked = (chosen) => Object.values(chosen.marks).filter((mark) => mark === "for").length;

function plain(ballot, chosen, fixed, choose) {
  return h("div", { class: "answers", role: "radiogroup", "aria-labelledby": "ballot-question" }, ["for", "against", "abstain"].map((choice) => {
    const is = chosen.choice === choice;
    return h("button", {
      class: `vote ${choice}${is ? " chosen" : ""}`, role: "radio", "aria-checked": String(is), "data-key": `vote-${choice}`, disabled: fixed,
      onclick: () => choose({ choice, marks: {} }),
    }, h("span", { class: "sign", "aria-hidden": "true" }, SIGNS[choice]), h("span", {}, answerText(ballot, choice)));
  }));
}

function list(ballot, chosen, fixed, choose) {
  const one = ballot.most === 1;
  const full = marked(chosen) >= ballot.most;
  const toggle = (key) => {
    const { [key]: was, ...others } = chosen.marks;
    choose({ choice: null, marks: was ? others : { ...(one ? {} : chosen.marks), [key]: "for" } });
  };
  return h("div", { class: "answers options", role: one ? "radiogroup" : "group", "aria-labelledby": "ballot-question" }, ballot.options.map((option, index) => {
    const is = chosen.marks[option.id] === "for";
    const [name, more] = nameOf(option.text);
    return h("button", {
      class: `vote option${is ? " chosen for" : ""}`, role: one ? "radio" : "checkbox", "aria-checked": String(is), "data-key": `mark-${option.id}`,
      disabled: fixed || (full && !is && !one), onclick: () => toggle(option.id),
    }, h("span", { class: "tick", "aria-hidden": "true" }, is ? "✓" : ""), h("span", { class: "option-text" }, h("span", {}, `${index + 1}. ${name}`), more && h("span", { class: "small muted block" }, more)));
  }));
}

function each(ballot, chosen, fixed, choose) {
  const mark = (key, value) => {
    const { [key]: was, ...others } = chosen.marks;
    choose({ choice: null, marks: was === value ? others : { ...others, [key]: value } });
  };
  const all = Object.fromEntries(ballot.options.map(({ id }) => [id, "for"]));
  return h("div", { class: "answers options" },
    !fixed && ballot.options.length > 2 && h("button", { class: "compact", "data-key": "mark-all", onclick: () => choose({ choice: null, marks: all }) }, t("room_ballots.all_for")),
    ballot.options.map((option, index) => {
      const [name, more] = nameOf(option.text);
      const button = (value) => h("button", {
        class: `mark-button ${value}${chosen.marks[option.id] === value ? " chosen" : ""}`, role: "radio", "aria-checked": String(chosen.marks[option.id] === value),
        "data-key": `mark-${option.id}-${value}`, disabled: fixed, onclick: () => mark(option.id, value),
      }, h("span", { "aria-hidden": "true" }, SIGNS[value]), " ", h("span", {}, answerText(ballot, value)));
      return h("div", { class: "each", role: "radiogroup", "aria-labelledby": `each-${option.id}`, "data-key": `each-${option.id}` },
        h("p", { id: `each-${option.id}` }, h("strong", {}, `${index + 1}. ${name}`), more && h("span", { class: "small muted" }, ` ${more}`)),
        h("div", { class: "mark-buttons" }, button("for"), button("against")));
    }));
}
