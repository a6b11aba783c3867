// One section of the minutes: a ProseMirror editor over one Yjs fragment.
import {
  EditorState, EditorView, Plugin, baseKeymap, inputRules, keymap, liftListItem, redo, sinkListItem, splitListItem, toggleMark, undo,
  wrappingInputRule, yCursorPlugin, ySyncPlugin, yUndoPlugin,
} from "editor";
import { h } from "./dom.js";
import { cleaned, cleanText } from "./minutes_paste.js";
import { schema } from "./minutes_schema.js";
import { nextCell } from "./minutes_table.js";

const { bullet_list, ordered_list, list_item } = schema.nodes;
const { strong, em } = schema.marks;
const LONGEST_PASTE = 50_000; // letters: what one update can carry

// Names beside the cursors of others. Colours by class: the page allows no style attributes.
function cursor(user) {
  const colour = [...String(user.name)].reduce((sum, c) => sum + c.codePointAt(0), 0) % 6;
  return h("span", { class: `cursor c${colour}` }, h("span", { class: "cursor-name" }, user.name));
}

const keys = {
  "Mod-z": undo, "Mod-y": redo, "Mod-Shift-z": redo, "Mod-b": toggleMark(strong), "Mod-i": toggleMark(em), Enter: splitListItem(list_item),
};
const moves = (first, then) => (state, dispatch) => first(state, dispatch) || then(state, dispatch);

export class MinutesEditor {
  view;

  // `context`: { sync, facts, writable(), focused(editor), changed(editor), refused(code), plugins }
  constructor(fragment, place, label, context) {
    const { sync, facts } = context;
    const plugins = [
      ySyncPlugin(fragment), yCursorPlugin(sync.awareness, { cursorBuilder: cursor, selectionBuilder: () => ({ class: "selected-by-other" }) }),
      yUndoPlugin(), ...context.plugins,
      keymap({ ...keys, Tab: moves(nextCell(1), sinkListItem(list_item)), "Shift-Tab": moves(nextCell(-1), liftListItem(list_item)) }),
      keymap(baseKeymap),
      inputRules({ rules: [wrappingInputRule(/^\s*[-*]\s$/, bullet_list), wrappingInputRule(/^(\d+)\.\s$/, ordered_list)] }),
      new Plugin({ view: () => ({ update: () => context.changed(this) }) }),
    ];
    const attributes = { "aria-label": label, "aria-multiline": "true", role: "textbox", class: "minutes-editor", spellcheck: "false" };
    this.view = new EditorView(place, {
      state: EditorState.create({ schema, plugins }), attributes, editable: () => context.writable(),
      nodeViews: { fact: (node) => facts.view(node) },
      transformPastedHTML: (html) => (html.includes("data-pm-slice") ? html : cleaned(html)),
      transformPastedText: cleanText,
      handlePaste: (_view, _event, slice) => {
        const long = slice.content.size > LONGEST_PASTE;
        if (long) context.refused("paste_too_long");
        return long;
      },
      handleDOMEvents: { focus: () => context.focused(this) },
    });
  }

  // Carries out a command of ProseMirror's kind, and goes on writing.
  run(command) {
    command(this.view.state, this.view.dispatch, this.view);
    this.view.focus();
  }

  // Puts blocks after the one that the cursor is in; at the end when nobody has written here yet.
  insert(blocks) {
    const { state } = this.view;
    const at = this.view.hasFocus() || state.selection.from > 1 ? state.selection.$to.after(1) : state.doc.content.size;
    const empty = state.doc.childCount === 1 && state.doc.firstChild.isTextblock && state.doc.firstChild.content.size === 0;
    const tr = empty ? state.tr.replaceWith(0, state.doc.content.size, blocks) : state.tr.insert(at, blocks);
    this.view.dispatch(tr.scrollIntoView());
    this.view.focus();
  }
}
