// What those who run the meeting can do with the list of speakers, and with one request in it.
import { queue, voice } from "./facts.js";
import { boot, t } from "./words.js";

const MINUTES = [1, 3, 5, 10];

export function listActs(room) {
  const { state } = room;
  if (!room.runs) return null;
  const closed = state.meeting.speaking_closed;
  const order = (rule) => ({ key: `order-${rule}`, label: t(`room_speaking.order_${rule}`), act: () => room.do("OrderQueue", { rule }) });
  return {
    title: t("room_speaking.run_list"),
    acts: [
      { key: "call", label: t("room_speaking.call_other"), act: () => room.callOther() },
      queue(state).length > 1 && order("fair"),
      queue(state).length > 1 && order("request"),
      { key: "close-list", label: t(closed ? "room.open_list" : "room.close_list"), act: () => room.do("CloseSpeakingList", { closed: !closed }) },
      { key: "limit", label: t("room_speaking.limit_act", { n: state.meeting.speaking_seconds / 60 }), act: () => room.setSpeakingTime() },
      { key: "history", label: t("room_speaking.history"), act: () => window.open(`${boot.page}/speaking`, "_blank", "noopener") },
    ],
  };
}

export function requestActs(room, id) {
  const { state } = room;
  const speech = state.speeches[id];
  if (!room.runs || speech?.state !== "waiting") return null;
  const order = queue(state).map((each) => each.id);
  const index = order.indexOf(id);
  const place = (at) => () => room.do("OrderQueue", { rule: "hand", speech_ids: placed(order, id, at) });
  return {
    title: voice(state, speech).name,
    acts: [
      ...MINUTES.map((n) => ({ key: `give-${n}`, label: t("room_speaking.give_minutes", { n }), act: () => room.do("GiveFloor", { speech_id: id, seconds: n * 60 }) })),
      index > 1 && { key: "first", label: t("room_speaking.first"), act: place(0) },
      index > 0 && { key: "up", label: t("room_agenda.up"), act: place(index - 1), stays: true },
      index < order.length - 1 && { key: "down", label: t("room_agenda.down"), act: place(index + 1), stays: true },
      { key: "drop", label: t("room_speaking.drop"), act: () => room.do("WithdrawRequest", { speech_id: id }) },
    ],
  };
}

// The order with `id` moved to place `at`.
export function placed(order, id, at) {
  const others = order.filter((key) => key !== id);
  return [...others.slice(0, at), id, ...others.slice(at)];
}
