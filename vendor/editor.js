// Everything the minutes editor needs, with one single Yjs.
export * as Y from "yjs";
export { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from "y-protocols/awareness";
export { redo, undo, yCursorPlugin, ySyncPlugin, yUndoPlugin } from "y-prosemirror";
export { baseKeymap, setBlockType, toggleMark } from "prosemirror-commands";
export { inputRules, wrappingInputRule } from "prosemirror-inputrules";
export { keymap } from "prosemirror-keymap";
export { Schema } from "prosemirror-model";
export { marks, nodes } from "prosemirror-schema-basic";
export { addListNodes, liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";
export { EditorState, Plugin } from "prosemirror-state";
export { EditorView } from "prosemirror-view";
