// Questioning: the one that is being answered, those that wait, and what became of the others.
import { h, fill, $ } from "./dom.js";
import { actsButton } from "./acts_dialog.js";
import { addressee, answering, asker, isGuest, questions, spoken } from "./facts.js";
import { questionActs, questionListActs } from "./question_acts.js";
import { countdown, dateOf, t, timeOf } from "./words.js";

export class QuestionsView {
  #room;
  constructor(room) {
    this.#room = room;
    $("#ask-question").addEventListener("click", () => room.askQuestion());
    for (const button of document.querySelectorAll("[data-list]")) button.addEventListener("click", () => this.#show(button.dataset.list));
  }

  render(state) {
    this.#answer(state);
    const waiting = questions(state, "waiting");
    const { runs, me } = this.#room;
    const open = ["invited", "live"].includes(state.meeting.state);
    $("#question-count").textContent = waiting.length ? ` · ${waiting.length}` : "";
    fill($("#questions"), waiting.length === 0 && h("li", { class: "muted small" }, t("room_questioning.none")), waiting.map((question, index) => this.#waiting(state, question, index)));
    const may = open && me && this.#room.connection.role !== "projector" && state.participants[me] && !isGuest(state.participants[me]);
    $("#ask-question").hidden = !may || (state.meeting.questions_closed && !runs);
    $("#questions-closed").hidden = !open || !state.meeting.questions_closed;
    fill($("#question-acts"), runs && open && h("button", { class: "quiet compact", "data-key": "question-acts", "aria-haspopup": "dialog", onclick: () => this.#room.acts(() => questionListActs(this.#room)) }, t("room_questioning.run_list")));
    this.#past(state);
  }

  tick(state) {
    for (const clock of document.querySelectorAll("[data-answer-clock]")) {
      const question = state.questions[clock.dataset.answerClock];
      if (!question) continue;
      const left = question.limit_seconds - spoken(question, this.#room.connection.now());
      clock.textContent = countdown(left);
      clock.classList.toggle("late", left < 0);
      clock.classList.toggle("soon", left >= 0 && left < 30);
    }
  }

  #show(name) {
    $("#lists").dataset.shown = name;
    for (const button of document.querySelectorAll("[data-list]")) button.setAttribute("aria-pressed", String(button.dataset.list === name));
  }

  // In the centre, for everybody.
  #answer(state) {
    const question = answering(state);
    $("#answer").hidden = !question;
    if (!question) return fill($("#answer"));
    const room = this.#room;
    const act = (key, label, act, primary) => h("button", { class: `compact ${primary ? "" : "quiet"}`, "data-key": key, onclick: act }, t(label));
    const id = { question_id: question.id };
    fill($("#answer"),
      h("div", {}, h("span", { class: "small muted" }, t(question.paused_at ? "room_questioning.paused" : "room_questioning.answering")), h("h3", {}, addressee(state, question)),
        h("p", { class: "question-text" }, question.text), h("p", { class: "small muted" }, t("room_questioning.asked_by", { name: asker(state, question) }))),
      h("span", { class: "clock", "data-answer-clock": question.id, role: "timer" }),
      room.runs && h("div", { class: "row floor-acts" },
        question.paused_at ? act("pause-answer", "room.resume_speech", () => room.do("ResumeAnswer", id)) : act("pause-answer", "room.pause_speech", () => room.do("PauseAnswer", id)),
        act("owe", "room_questioning.in_writing_act", () => room.oweInWriting(question)),
        act("answered", "room_questioning.answered_act", () => room.do("CloseQuestion", { ...id, outcome: "answered" }), true)));
    this.tick(state);
  }

  #waiting(state, question, index) {
    const room = this.#room;
    const mine = question.participant_id === room.me;
    return h("li", { class: "queue-line", "data-key": `question-${question.id}` }, h("span", { class: "muted strong" }, String(index + 1)),
      h("div", {}, h("span", { class: "strong" }, asker(state, question)), h("span", { class: "small block" }, t("room_questioning.to", { name: addressee(state, question) })),
        h("span", { class: "small muted block" }, question.text)),
      (room.runs || mine) && h("div", { class: "line-acts" },
        room.runs && state.meeting.state === "live" && !answering(state) && h("button", { class: "compact", "data-key": `call-${question.id}`, onclick: () => room.do("CallQuestion", { question_id: question.id }), "aria-label": `${t("room.give_floor_short")}: ${asker(state, question)}` }, t("room.give_floor_short")),
        actsButton(`acts-${question.id}`, asker(state, question), () => room.acts(() => questionActs(room, question.id)))));
  }

  #past(state) {
    const list = questions(state, "answered", "written").reverse();
    $("#asked").hidden = list.length === 0;
    $("#asked-count").textContent = ` · ${list.length}`;
    fill($("#asked-list"), list.map((question) => h("li", { class: "small", "data-key": `asked-${question.id}` },
      h("span", { class: "row spread" }, h("span", { class: "strong" }, `${asker(state, question)} → ${addressee(state, question)}`), question.started_at && h("span", { class: "muted" }, timeOf(question.started_at))),
      h("span", { class: "muted block" }, question.text), this.#outcome(state, question))));
  }

  #outcome(state, question) {
    const task = state.conclusions[question.conclusion_id];
    if (question.state === "answered") return h("span", { class: "chip ok" }, t("room_questioning.answered", { time: countdown(spoken(question, this.#room.connection.now())) }));
    return h("span", { class: "chip warn" }, t("room_questioning.in_writing", { agency: state.agencies[task?.lead_agency_id] ?? "", date: task?.due_on ? dateOf(task.due_on) : "" }));
  }
}
