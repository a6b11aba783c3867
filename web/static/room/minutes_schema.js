// What the minutes may consist of. Everything else that is pasted becomes one of these, or plain text.
import { Schema, addListNodes, marks, nodes } from "editor";

const { doc, paragraph, text, hard_break, blockquote } = nodes;
const heading = { content: "inline*", group: "block", defining: true, parseDOM: [1, 2, 3, 4, 5, 6].map((n) => ({ tag: `h${n}` })), toDOM: () => ["h4", 0] };

// A fact of the room: which one it is. Its words come from the server, as the room now is.
const fact = {
  group: "block", atom: true, attrs: { kind: { default: "" }, of: { default: "" } },
  parseDOM: [{ tag: "div[data-fact]", getAttrs: (div) => ({ kind: div.dataset.fact, of: div.dataset.of ?? "" }) }],
  toDOM: ({ attrs }) => ["div", { "data-fact": attrs.kind, "data-of": attrs.of }],
};
const table = { content: "table_row+", group: "block", isolating: true, parseDOM: [{ tag: "table" }], toDOM: () => ["table", ["tbody", 0]] };
const table_row = { content: "table_cell+", parseDOM: [{ tag: "tr" }], toDOM: () => ["tr", 0] };
const table_cell = { content: "paragraph+", isolating: true, parseDOM: [{ tag: "td" }, { tag: "th" }], toDOM: () => ["td", 0] };

const basic = new Schema({
  nodes: { doc, paragraph, heading, blockquote, fact, table, table_row, table_cell, text, hard_break },
  marks: { strong: marks.strong, em: marks.em },
});
export const schema = new Schema({ nodes: addListNodes(basic.spec.nodes, "paragraph block*", "block"), marks: basic.spec.marks });
