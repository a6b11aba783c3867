// What can be done with a question that waits, by whoever put it and by those who run the meeting.
import { asker, questions } from "./facts.js";
import { placed } from "./speaking_acts.js";
import { t } from "./words.js";

export function questionActs(room, id) {
  const { state } = room;
  const question = state.questions[id];
  if (question?.state !== "waiting") return null;
  const mine = question.participant_id === room.me;
  const order = questions(state, "waiting").map((each) => each.id);
  const index = order.indexOf(id);
  const place = (at) => () => room.do("OrderQuestions", { question_ids: placed(order, id, at) });
  return {
    title: asker(state, question),
    acts: [
      mine && { key: "edit", label: t("room_questioning.edit"), act: () => room.askQuestion(question) },
      room.runs && index > 1 && { key: "first", label: t("room_speaking.first"), act: place(0) },
      room.runs && index > 0 && { key: "up", label: t("room_agenda.up"), act: place(index - 1), stays: true },
      room.runs && index < order.length - 1 && { key: "down", label: t("room_agenda.down"), act: place(index + 1), stays: true },
      room.runs && state.meeting.state !== "invited" && { key: "owe", label: t("room_questioning.in_writing_act"), act: () => room.oweInWriting(question) },
      { key: "withdraw", label: t(mine ? "room_questioning.withdraw" : "room_speaking.drop"), act: () => room.do("WithdrawQuestion", { question_id: id }) },
    ],
  };
}

export function questionListActs(room) {
  const closed = room.state.meeting.questions_closed;
  return room.runs ? {
    title: t("room_questioning.run_list"),
    acts: [{ key: "close", label: t(closed ? "room_questioning.open_list" : "room_questioning.close_list"), act: () => room.do("CloseQuestionList", { closed: !closed }) }],
  } : null;
}
