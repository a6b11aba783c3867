// Everything the minutes editor needs, with one single Yjs.
export * as Y from "yjs";
export { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from "y-protocols/awareness";
export {
  absolutePositionToRelativePosition, redo, relativePositionToAbsolutePosition, undo, yCursorPlugin, ySyncPlugin, ySyncPluginKey, yUndoPlugin,
} from "y-prosemirror";
export { baseKeymap, lift, setBlockType, toggleMark, wrapIn } from "prosemirror-commands";
export { inputRules, wrappingInputRule } from "prosemirror-inputrules";
export { keymap } from "prosemirror-keymap";
export { Schema } from "prosemirror-model";
export { marks, nodes } from "prosemirror-schema-basic";
export { addListNodes, liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";
export { EditorState, Plugin, PluginKey, TextSelection } from "prosemirror-state";
export { Decoration, DecorationSet, EditorView } from "prosemirror-view";
