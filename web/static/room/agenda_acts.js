// What those who run the meeting can do with an item of the agenda.
import { items } from "./facts.js";
import { t } from "./words.js";

export function itemActs(room, id) {
  const { state } = room;
  const item = state.items[id];
  if (!item || !room.runs) return null;
  const order = items(state).map((each) => each.id);
  const index = order.indexOf(id);
  const live = state.meeting.state === "live";
  const act = (key, label, act, stays = false) => ({ key: `act-${key}`, label: t(label), act, stays });
  const does = (name, fields) => () => room.do(name, { item_id: id, ...fields });
  const move = (by) => () => room.do("ReorderItems", { item_ids: swapped(order, index, by) });
  const left = ["done", "skipped", "moved"].includes(item.state);
  return {
    title: `${index + 1}. ${item.title}`,
    acts: [
      live && item.state !== "running" && act("start", left ? "room.return_to" : "room.start_item", does("StartItem")),
      item.state === "running" && act("finish", "room.finish_item", does("FinishItem")),
      ["planned", "running"].includes(item.state) && act("skip", "room_agenda.skip", does("SkipItem", { skipped: true })),
      item.state === "skipped" && act("plan", "room_agenda.plan_again", does("SkipItem", { skipped: false })),
      act("edit", "room_agenda.edit", () => room.editItem(item)),
      act("insert", "room_agenda.insert_after", () => room.insertItem(id)),
      index > 0 && act("up", "room_agenda.up", move(-1), true),
      index < order.length - 1 && act("down", "room_agenda.down", move(1), true),
      !["done", "moved"].includes(item.state) && act("split", "room_agenda.split", () => room.splitOff(item)),
    ],
  };
}

function swapped(order, index, by) {
  const moved = [...order];
  [moved[index], moved[index + by]] = [moved[index + by], moved[index]];
  return moved;
}
