// Remarks on the minutes, for those who run the meeting: comments pinned to passages, and what participants said of the draft. Each
// stands under its item as a thread; the passage is marked in the text, wherever it moves.
import { Decoration, DecorationSet, Plugin, PluginKey, Y, absolutePositionToRelativePosition, relativePositionToAbsolutePosition, ySyncPluginKey } from "editor";
import { h, fill, $ } from "./dom.js";
import { values } from "./facts.js";
import { newId, t, timeOf } from "./words.js";

const key = new PluginKey("remarks");
const byTime = (a, b) => (a.made_at < b.made_at ? -1 : 1);
const packed = (position) => btoa(String.fromCharCode(...Y.encodeRelativePosition(position)));
const unpacked = (text) => Y.decodeRelativePosition(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)));

export const threads = (state, item) => values(state.remarks).filter((each) => !each.parent_id && each.item_id === item).sort(byTime);

// Marks the passages of open remarks; `remarks()`: those of this section.
export function remarksPlugin(remarks) {
  const marks = (state) => {
    const y = ySyncPluginKey.getState(state);
    if (!y?.binding) return DecorationSet.empty;
    const found = remarks().filter((each) => each.anchor && each.state === "open").map((each) => {
      const [from, to] = each.anchor.map((place) => relativePositionToAbsolutePosition(y.doc, y.type, unpacked(place), y.binding.mapping));
      return from !== null && to !== null && from < to && Decoration.inline(from, to, { class: "remarked", "data-remark": each.id });
    });
    return DecorationSet.create(state.doc, found.filter(Boolean));
  };
  return new Plugin({
    key,
    // What is typed here moves the marks along; only what came from others, or a changed remark, makes them anew: the shared
    // document does not know yet of a letter that is being typed.
    state: {
      init: () => DecorationSet.empty,
      apply: (tr, old, _, state) => (tr.getMeta(key) || tr.getMeta(ySyncPluginKey) ? marks(state) : old.map(tr.mapping, tr.doc)),
    },
    props: { decorations: (state) => key.getState(state) },
  });
}

export const redraw = (editor) => editor.view.dispatch(editor.view.state.tr.setMeta(key, true));

// Asks for a comment on what is selected.
export function comment(room, editor, item) {
  const { state } = editor.view;
  const { from, to, empty } = state.selection;
  if (empty) return room.note(t("room_minutes.select_first"), "warn");
  const { type, binding } = ySyncPluginKey.getState(state);
  const anchor = [from, to].map((place) => packed(absolutePositionToRelativePosition(place, type, binding.mapping)));
  const quote = state.doc.textBetween(from, to, " ").slice(0, 300);
  return room.askReason(t("room_minutes.comment_title"), quote, (text) => room.do("AddRemark", { remark_id: newId(), item_id: item, text, quote, anchor }));
}

// The threads of one item.
export function drawThreads(place, room, item) {
  const { state } = room;
  const found = threads(state, item);
  const open = found.filter((each) => each.state === "open").length;
  place.hidden = found.length === 0;
  fill(place, found.length > 0 && h("details", { class: "remarks" }, h("summary", {}, t("room_minutes.remarks", { n: found.length, open })), found.map((each) => drawThread(room, each))));
}

function drawThread(room, remark) {
  const { state } = room;
  const answers = values(state.remarks).filter((each) => each.parent_id === remark.id).sort(byTime);
  const settle = (to) => () => room.do("SettleRemark", { remark_id: remark.id, state: to });
  const writable = state.meeting.minutes_state === "open";
  return h("article", { class: "remark", "data-key": remark.id },
    remark.quote && h("button", { type: "button", class: "as-text muted small", onclick: () => $(`[data-remark="${remark.id}"]`)?.scrollIntoView({ block: "center" }) }, `“${remark.quote}”`),
    said(state, remark), answers.map((each) => said(state, each)), h("span", { class: `chip ${remark.state === "taken" ? "ok" : remark.state === "open" ? "waiting" : ""}` }, t(`room_minutes.remark_${remark.state}`)),
    writable && h("form", { class: "row", onsubmit: (event) => answer(event, room, remark) },
      h("input", { name: "text", class: "grow", "aria-label": t("room_minutes.answer"), placeholder: t("room_minutes.answer"), required: true, autocomplete: "off" }), h("button", { class: "compact" }, t("room_minutes.send_answer"))),
    writable && h("div", { class: "row" }, remark.state === "open"
      ? [h("button", { type: "button", class: "compact", onclick: settle("taken") }, t("room_minutes.take")), h("button", { type: "button", class: "compact quiet", onclick: settle("settled") }, t("room_minutes.settle"))]
      : h("button", { type: "button", class: "compact quiet", onclick: settle("open") }, t("room_minutes.reopen"))));
}

function said(state, remark) {
  const who = state.participants[remark.participant_id]?.name ?? "";
  return h("div", { "data-key": `said-${remark.id}` }, h("p", { class: "muted small" }, `${who} · ${timeOf(remark.made_at)}`), h("p", { class: "lines" }, remark.text));
}

async function answer(event, room, remark) {
  event.preventDefault();
  const form = event.target;
  const sent = await room.do("AddRemark", { remark_id: newId(), parent_id: remark.id, text: form.elements.text.value });
  if (sent.ok) form.reset();
}
