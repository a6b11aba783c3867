// One section of the minutes: a ProseMirror editor over one Yjs fragment, with a small toolbar.
import {
  EditorState, EditorView, Schema, addListNodes, baseKeymap, inputRules, keymap, liftListItem, marks, nodes, redo, sinkListItem, splitListItem,
  toggleMark, undo, wrapInList, wrappingInputRule, yCursorPlugin, ySyncPlugin, yUndoPlugin,
} from "editor";
import { h } from "./dom.js";
import { t } from "./words.js";

const { doc, paragraph, text, hard_break, blockquote } = nodes;
const basic = new Schema({ nodes: { doc, paragraph, blockquote, text, hard_break }, marks: { strong: marks.strong, em: marks.em } });
export const schema = new Schema({ nodes: addListNodes(basic.spec.nodes, "paragraph block*", "block"), marks: basic.spec.marks });
const { bullet_list, ordered_list, list_item } = schema.nodes;

// Names beside the cursors of others. Colours by class: the page allows no style attributes.
function cursor(user) {
  const colour = [...String(user.name)].reduce((sum, c) => sum + c.codePointAt(0), 0) % 6;
  return h("span", { class: `cursor c${colour}` }, h("span", { class: "cursor-name" }, user.name));
}

export class MinutesEditor {
  view;
  constructor(fragment, sync, place, label, writable) {
    const plugins = [
      ySyncPlugin(fragment), yCursorPlugin(sync.awareness, { cursorBuilder: cursor, selectionBuilder: () => ({ class: "selected-by-other" }) }), yUndoPlugin(),
      keymap({ "Mod-z": undo, "Mod-y": redo, "Mod-Shift-z": redo, "Mod-b": toggleMark(schema.marks.strong), "Mod-i": toggleMark(schema.marks.em), Enter: splitListItem(list_item), Tab: sinkListItem(list_item), "Shift-Tab": liftListItem(list_item) }),
      keymap(baseKeymap),
      inputRules({ rules: [wrappingInputRule(/^\s*[-*]\s$/, bullet_list), wrappingInputRule(/^(\d+)\.\s$/, ordered_list)] }),
    ];
    const attributes = { "aria-label": label, "aria-multiline": "true", role: "textbox", class: "minutes-editor", spellcheck: "false" };
    this.view = new EditorView(place, { state: EditorState.create({ schema, plugins }), attributes, editable: () => writable() });
  }

  get toolbar() {
    const button = (label, sign, command) => h("button", { type: "button", class: "compact quiet", "aria-label": label, title: label, onmousedown: (event) => event.preventDefault(), onclick: () => { command(this.view.state, this.view.dispatch); this.view.focus(); } }, sign);
    return h("div", { class: "row tools", role: "toolbar", "aria-label": t("room.tools") },
      button(t("room.bold"), h("strong", {}, "B"), toggleMark(schema.marks.strong)), button(t("room.italic"), h("em", {}, "I"), toggleMark(schema.marks.em)),
      button(t("room.bullets"), "•", wrapInList(bullet_list)), button(t("room.numbers"), "1.", wrapInList(ordered_list)),
      button(t("room.undo"), "↶", undo), button(t("room.redo"), "↷", redo));
  }

  // Adds paragraphs at the end.
  append(lines) {
    const { state } = this.view;
    const made = lines.map((line) => schema.nodes.paragraph.create(null, line ? schema.text(line) : null));
    this.view.dispatch(state.tr.insert(state.doc.content.size, made).scrollIntoView());
  }
}
