// The skeleton of an item's text, from its template and the list of those who spoke: facts that stay linked, and between them the
// places to write. Asked for again, it only adds those who spoke since.
import { values } from "./facts.js";
import { schema } from "./minutes_schema.js";
import { t } from "./words.js";

const { fact, paragraph } = schema.nodes;
export const factOf = (kind, of) => fact.create({ kind, of });
const ATTENDANCE = factOf("attendance", ""); // may stand before the rest is laid out
const nameOf = ({ attrs }) => `${attrs.kind}:${attrs.of}`;
const given = (state, item) => values(state.speeches).filter((speech) => speech.item_id === item && speech.started_at)
  .sort((a, b) => (a.started_at < b.started_at ? -1 : 1));
const line = (text) => paragraph.create(null, text ? schema.text(text) : null);

// What each place of a template stands for, given the item and its speeches.
const PLACES = {
  "người trình bày": (item) => (item.presenter ? [line(t("room_minutes.presents", { who: item.presenter }))] : []),
  "phát biểu": (item, speeches) => speeches.flatMap((speech) => [factOf("speech", speech.id), line("")]),
  "danh sách phát biểu": (item) => [factOf("speakers", item.id)],
  "điểm danh": () => [ATTENDANCE],
  "kết quả biểu quyết": (item) => [factOf("results", item.id)],
  "kết luận": (item) => [factOf("conclusions", item.id)],
};

export function putSkeleton(editor, item, state, template) {
  const { doc } = editor.view.state;
  const named = factsIn(doc);
  const fresh = given(state, item.id).filter((speech) => !named.has(`speech:${speech.id}`));
  if ([...named.keys()].some((name) => name !== nameOf(ATTENDANCE))) return addSpeeches(editor, doc, fresh);
  const blocks = template.flatMap(([kind, text]) => (kind === "place" ? PLACES[text](item, fresh) : kind === "heading" ? [schema.nodes.heading.create(null, schema.text(text))] : [line(text)]))
    .filter((block) => block.type !== fact || !named.has(nameOf(block)));
  return editor.insert(blocks.length ? blocks : [line("")]);
}

function factsIn(doc) {
  const found = new Map();
  doc.forEach((node, at) => { if (node.type === fact) found.set(nameOf(node), at); });
  return found;
}

// Before the results and conclusions, which close an item.
function addSpeeches(editor, doc, speeches) {
  if (!speeches.length) return editor.view.focus();
  let at = doc.content.size;
  doc.forEach((node, place) => { if (node.type === fact && ["results", "conclusions"].includes(node.attrs.kind)) at = Math.min(at, place); });
  editor.view.dispatch(editor.view.state.tr.insert(at, PLACES["phát biểu"](null, speeches)).scrollIntoView());
  return editor.view.focus();
}
