// Tables of the minutes: made with two columns, grown by Tab in the last cell.
import { TextSelection } from "editor";
import { schema } from "./minutes_schema.js";

const { table, table_row, table_cell, paragraph } = schema.nodes;
const cell = () => table_cell.create(null, paragraph.create());
const row = (columns) => table_row.create(null, Array.from({ length: columns }, cell));

export const newTable = () => table.create(null, [row(2), row(2)]);

const depthOf = ($at, type) => { for (let depth = $at.depth; depth > 0; depth--) if ($at.node(depth).type === type) return depth; return 0; };

// To the next cell (1) or the one before (-1); false outside of tables.
export const nextCell = (step) => (state, dispatch) => {
  const { $from } = state.selection;
  const [inTable, inCell] = [depthOf($from, table), depthOf($from, table_cell)];
  if (!inCell) return false;
  const cells = [];
  const start = $from.start(inTable);
  $from.node(inTable).descendants((node, at) => { if (node.type === table_cell) cells.push(start + at); return node.type !== table_cell; });
  const wanted = cells.indexOf($from.before(inCell)) + step;
  if (wanted < 0) return false;
  if (!dispatch) return true;
  const { tr } = state;
  if (wanted === cells.length) tr.insert($from.end(inTable), row($from.node(inTable).lastChild.childCount));
  const at = wanted < cells.length ? cells[wanted] : $from.end(inTable) + 1;
  dispatch(tr.setSelection(TextSelection.near(tr.doc.resolve(at + 2))).scrollIntoView());
  return true;
};
