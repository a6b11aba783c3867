// What the shared screen shows at each moment of a meeting: the first that applies. Pure: from the state and the time.
import { breakLeft } from "./announcement_strip.js";
import { timeLeft } from "./ballot_facts.js";
import { resultView, sumsView } from "./ballot_result.js";
import { hasOptions, ruleText } from "./ballot_words.js";
import { codeImage, codeStep } from "./door_code.js";
import { bar, h } from "./dom.js";
import { addressee, answering, asker, ballots, conclusions, items, nextItem, openBallot, presentation, queue, running, speaker, spoken, voice } from "./facts.js";
import { boot, countdown, t, timeOf } from "./words.js";

const RESULT_STAYS = 90_000;

export function stageOf(state, now) {
  const { meeting } = state;
  if (meeting.state === "invited") return before(meeting, state, now);
  if (meeting.state !== "live") return end(meeting, state);
  for (const stage of [ballotOpen, result, pause, questioned, paper, talk]) {
    const found = stage(state, now);
    if (found) return found;
  }
  return between(meeting, state);
}

const named = (person) => [person.honorific, person.name].filter(Boolean).join(" ");

const OPENS_BEFORE = 120; // minutes; check-in is refused before that

function before(meeting, state, now) {
  const minutes = Math.ceil((Date.parse(meeting.starts_at) - now) / 60_000);
  const door = boot.door && minutes <= OPENS_BEFORE;
  const chair = Object.values(state.participants).find((person) => person.duty === "chair");
  const day = new Intl.DateTimeFormat(boot.language, { weekday: "long", day: "2-digit", month: "2-digit", year: "numeric", timeZone: boot.zone });
  return {
    name: "before", kicker: t("room_screen.welcome"), title: meeting.title,
    content: [h("div", { class: door ? "check-in" : "" },
      door && codeAt(now),
      h("div", {},
        h("p", { class: "huge" }, timeOf(meeting.starts_at)),
        h("p", { class: "big" }, day.format(new Date(meeting.starts_at)), meeting.place ? ` · ${meeting.place}` : ""),
        chair && h("p", {}, `${t("duty.chair")}: ${named(chair)}`),
        door && h("p", { class: "big" }, t("room_door.scan")),
        minutes <= OPENS_BEFORE && h("p", { class: "muted" }, minutes > 0 ? t("room_screen.begins_in", { n: minutes }) : t("room_screen.about_to_begin"))))],
  };
}

// One picture as long as it is good: an image that is made again is fetched again.
let code = null;
function codeAt(now) {
  if (code?.step !== codeStep(now)) code = { step: codeStep(now), image: codeImage(now) };
  return code.image;
}

function end(meeting, state) {
  const decided = ballots(state).filter((ballot) => ballot.state === "closed").length;
  const concluded = conclusions(state).length;
  const cancelled = meeting.state === "cancelled";
  return {
    name: "end", kicker: t(`room.state_${meeting.state}`), title: meeting.title,
    content: cancelled ? [] : [
      h("p", { class: "big" }, t("room_screen.thanks")),
      h("p", { class: "muted" }, [meeting.ended_at && t("room_screen.ended_at", { time: timeOf(meeting.ended_at) }),
        concluded > 0 && t("room_screen.n_conclusions", { n: concluded }), decided > 0 && t("room_screen.n_ballots", { n: decided })].filter(Boolean).join(" · ")),
    ],
  };
}

function ballotOpen(state, now) {
  const ballot = openBallot(state);
  return ballot && {
    name: "ballot", kicker: t(ballot.state === "paused" ? "room.ballot_paused" : "room.voting_now"), title: ballot.question,
    content: ballot.method === "hand" ? [h("p", { class: "big" }, t("room_ballots.count_being")), h("p", {}, ruleText(ballot))] : [
      bar([["brand", ballot.cast]], ballot.entitled, true),
      h("p", { class: "big" }, t("room.turnout", { n: ballot.cast, entitled: ballot.entitled }), ballot.closes_at && ` · ${t("room_ballots.time_left", { time: countdown(timeLeft(ballot, now) ?? 0) })}`),
      ballot.progress === "votes" && sumsView(ballot, !hasOptions(ballot)), h("p", {}, ruleText(ballot)),
    ],
  };
}

function result(state, now) {
  const [last] = ballots(state).filter((ballot) => ballot.state === "closed").sort((a, b) => (a.closed_at < b.closed_at ? 1 : -1));
  const fresh = last && now - Date.parse(last.closed_at) < RESULT_STAYS && !speaker(state);
  return fresh && { name: "result", kicker: t("room.ballot_result"), title: last.question, content: [resultView(last, true)] };
}

function pause(state, now) {
  const left = speaker(state) ? 0 : breakLeft(state, now);
  if (!left) return null;
  const next = running(state) ?? nextItem(state);
  return {
    name: "break", kicker: state.meeting.title, title: t("room_screen.break"),
    content: [h("p", { class: "huge" }, timeOf(state.meeting.break_until)), h("p", { class: "big" }, t("room_screen.back_in", { n: left })),
      next && h("p", { class: "muted" }, `${t("room_screen.next_item")} ${next.title}`)],
  };
}

// The question and the time of its answer; whoever has the floor meanwhile comes first.
function questioned(state, now) {
  const question = speaker(state) ? null : answering(state);
  return question && {
    name: "question", kicker: kickerOf(state), title: running(state)?.title ?? state.meeting.title,
    content: [
      h("div", { class: "speaker" }, h("div", {}, h("p", { class: "muted" }, t(question.paused_at ? "room_questioning.paused" : "room_questioning.answering")), h("p", { class: "big" }, addressee(state, question))), clock(question, now)),
      h("p", { class: "asked" }, question.text), h("p", { class: "muted" }, t("room_questioning.asked_by", { name: asker(state, question) })),
    ],
  };
}

// The presenter's page fills the screen; whoever speaks meanwhile keeps his clock beside it.
function paper(state, now) {
  const shown = presentation(state);
  const what = shown?.paper_id && state.papers[shown.paper_id];
  if (!what) return null;
  const speech = speaker(state);
  const presenter = state.participants[shown.participant_id];
  const who = speech ? voice(state, speech).full : presenter && named(presenter);
  return {
    name: "paper", paper: what, page: shown.page, kicker: kickerOf(state), title: what.title,
    content: [who && h("p", {}, who), speech && clock(speech, now)],
  };
}

function talk(state, now) {
  const item = running(state);
  const speech = speaker(state);
  if (!item && !speech) return null;
  const person = speech && voice(state, speech);
  const waiting = queue(state).slice(0, 3).map((each) => voice(state, each).name);
  return {
    name: person ? "speaker" : "item", kicker: kickerOf(state), title: item?.title ?? state.meeting.title,
    content: [
      person && h("div", { class: "speaker" }, h("div", {}, h("p", { class: "muted" }, t(speech.paused_at ? "room.speech_paused" : "room.speaking")), h("p", { class: "big" }, person.full), h("p", {}, [...person.lines, person.where].filter(Boolean).join(" · ")), speech.subject && h("p", { class: "muted" }, speech.subject)),
        clock(speech, now)),
      !person && item?.presenter && h("p", { class: "big" }, item.presenter),
      waiting.length > 0 && h("p", { class: "muted" }, `${t("room.next_speakers")} ${waiting.join(", ")}`),
    ],
  };
}

function between(meeting, state) {
  const next = nextItem(state);
  return { name: "between", kicker: t("room.state_live"), title: meeting.title, content: [next && h("p", { class: "muted" }, t("room_screen.next_item")), next && h("p", { class: "big" }, next.title)] };
}

function clock(speech, now) {
  const left = speech.limit_seconds - spoken(speech, now);
  return h("span", { class: `clock${left < 0 ? " late" : ""}`, role: "timer" }, countdown(left));
}

function kickerOf(state) {
  const item = running(state);
  return item ? t("room.item_number", { n: items(state).indexOf(item) + 1 }) : t("room.state_live");
}
