// Results and votes as they come, drawn: a bar for each answer or option, with numbers and shares, and what it takes.
import { h, bar } from "./dom.js";
import { answerText, hasOptions, nameOf, outcomeText, SIGNS, wonText } from "./ballot_words.js";
import { percent, t } from "./words.js";

// The result with whether it carried and why; `large` for the shared screen.
export function resultView(ballot, large = false) {
  const r = ballot.result;
  return h("div", { class: `result-box${large ? " large" : ""}` },
    hasOptions(ballot) ? optionLines(ballot, r.options, r, large) : answerLines(ballot, r, r.members, r.base, large),
    h("p", {}, !hasOptions(ballot) && h("span", { class: `chip ${r.carried ? "ok" : r.tied ? "warn" : "bad"}` }, t(r.carried ? "room.carried" : "room.not_carried")), " ", outcomeText(ballot)));
}

// Votes of a ballot that tells them as they come.
export function sumsView(ballot, large = false) {
  const sums = ballot.sums ?? {};
  if (!hasOptions(ballot)) return answerLines(ballot, { for: 0, against: 0, abstain: 0, ...sums }, ballot.weight_total, ballot.weight_total, large);
  const marks = Object.fromEntries(ballot.options.map(({ id }) => [id, { for: sums[`${id}:for`] ?? 0, against: sums[`${id}:against`] ?? 0 }]));
  return optionLines(ballot, marks, { members: ballot.weight_total, base: ballot.weight_total, elected: [], level: [] }, large);
}

function answerLines(ballot, sums, whole, base, large) {
  const line = (kind) => [
    h("span", { class: `answer ${kind}` }, SIGNS[kind], " ", answerText(ballot, kind)), bar([[kind, sums[kind]]], whole, large),
    h("span", { class: "number" }, h("strong", {}, String(sums[kind])), h("span", { class: "small muted" }, ` ${percent(sums[kind], base)}`)),
  ];
  return h("div", { class: "result-lines" }, ["for", "against", "abstain"].flatMap(line));
}

// Most votes first once it is over; in the order of the ballot before.
function optionLines(ballot, marks, r, large) {
  const order = r.elected.length + r.level.length > 0 ? [...ballot.options].sort((a, b) => rank(r, marks, b.id) - rank(r, marks, a.id)) : ballot.options;
  return h("ol", { class: `option-lines${order.length > 8 ? " many" : ""}` }, order.map((option) => {
    const { for: chosen, against } = marks[option.id];
    const [name, more] = nameOf(option.text);
    const state = r.elected.includes(option.id) ? "won" : r.level.includes(option.id) ? "level" : "";
    return h("li", { class: state, "data-key": `option-${option.id}` },
      h("span", { class: "option-name" }, h("strong", {}, name), more && h("span", { class: "small muted" }, ` ${more}`),
        state && h("span", { class: `chip ${state === "won" ? "ok" : "warn"}` }, state === "won" ? wonText(ballot) : t("room_ballots.is_level"))),
      withMark(bar(ballot.kind === "approval" ? [["for", chosen], ["against", against]] : [[state === "won" ? "for" : "brand", chosen]], r.members, large), r),
      h("span", { class: "number" }, h("strong", {}, String(chosen)), h("span", { class: "small muted" }, ballot.kind === "approval" ? ` / ${against}` : ` ${percent(chosen, r.base)}`)));
  }));
}

const rank = (r, marks, key) => marks[key].for + (r.elected.includes(key) ? 1e7 : 0);

// Where the threshold stands.
function withMark(drawn, r) {
  if (r.needed) drawn.append(h("rect", { class: "needed", x: Math.max(0, Math.min(r.needed, r.members) - r.members / 300), y: 0, width: r.members / 150, height: 1 }));
  return drawn;
}
