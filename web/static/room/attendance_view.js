// Who is here: the quorum drawn, one's own check-in and leave, and everybody by agency.
import { h, fill, $ } from "./dom.js";
import { attendance, values } from "./facts.js";
import { inProtocolOrder, isPresent } from "./roll.js";
import { countsText, rollText } from "./roll_words.js";
import { t, timeOf } from "./words.js";

const AROUND = 2 * Math.PI * 44;

// A ring of present (in the room, online) of all who vote, with the number in it.
export function ring(facts) {
  const arc = (kind, from, part) => h("circle", {
    class: kind, cx: 50, cy: 50, r: 44, transform: "rotate(-90 50 50)",
    "stroke-dasharray": `${(AROUND * part) / (facts.members || 1)} ${AROUND}`, "stroke-dashoffset": -(AROUND * from) / (facts.members || 1),
  });
  const inRoom = facts.present - facts.online;
  return h("svg", { class: "room-ring", viewBox: "0 0 100 100", role: "img", "aria-label": t("room.present_of", { n: facts.present, members: facts.members }) },
    h("circle", { class: "track", cx: 50, cy: 50, r: 44 }), arc("part-ok", 0, inRoom), arc("part-online", inRoom, facts.online),
    h("text", { x: 50, y: 52 }, String(facts.present)), h("text", { class: "unit", x: 50, y: 70 }, t("room.of", { n: facts.members })));
}

// What whoever is not here yet has answered, and by which way.
const answer = (person) => h("span", { class: "small muted block" }, t(`answer.is_${person.answer}`),
  person.answer_by ? ` ${t(`answer.by_${person.answer_by}`)}` : "");

export class AttendanceView {
  #room;
  #here = new Set();
  constructor(room) {
    this.#room = room;
    room.connection.on("presence", ({ here }) => { this.#here = new Set(here); if (room.state) this.render(room.state); });
  }

  render(state) {
    const facts = attendance(state);
    fill($("#quorum"), ring(facts), h("div", {},
      h("p", { class: facts.reached ? "strong ok" : "strong bad" }, t(facts.reached ? "room.quorate" : "room.inquorate", { needed: facts.needed })),
      [["room", "online"], ["left", "excused"], ["unexcused", "awaited"]].map((names) => countsText(facts.counts, names)).filter(Boolean)
        .map((line) => h("p", { class: "small" }, line)),
      facts.others && h("p", { class: "small" }, t("room_attendance.apart", { who: countsText(facts, ["substitutes", "guests", "helpers"]) })),
      h("p", { class: "small muted" }, t("room.connected_now", { n: this.#here.size }))));
    this.#own(state);
    this.#list(state);
  }

  #own(state) {
    const me = state.participants[this.#room.me];
    const held = me && ["invited", "live"].includes(state.meeting.state) && this.#room.connection.role !== "projector";
    $("#leave-meeting").hidden = !(held && !this.#room.runs && isPresent(me) && state.meeting.state === "live");
    $("#leave-meeting").onclick = () => this.#room.confirm(t("room_attendance.confirm_leave"), () => this.#room.do("LeaveMeeting"));
    $("#check-in").hidden = !(held && !isPresent(me));
    if (!held || isPresent(me)) return;
    const go = (mode) => this.#room.do("CheckIn", { mode });
    fill($("#check-in"),
      h("div", {}, h("h2", {}, t("room.check_in_title")),
        h("p", { class: "muted" }, me.left_at ? t("room_attendance.you_left", { time: timeOf(me.left_at) }) : t("room.check_in_hint"))),
      h("div", { class: "row" },
        h("button", { class: "primary", "data-key": "check-room", onclick: () => go("room") }, t("room.i_am_in_room")),
        h("button", { "data-key": "check-online", onclick: () => go("online") }, t("room.i_am_online"))));
  }

  #list(state) {
    const by = new Map();
    for (const person of inProtocolOrder(values(state.participants))) by.set(person.agency, [...(by.get(person.agency) ?? []), person]);
    fill($("#people"), [...by].map(([agency, people]) => h("details", { "data-key": `group-${agency}` },
      h("summary", { "data-key": `agency-${agency}` }, h("span", {}, agency || t("room.outside")), h("span", { class: "chip" }, `${people.filter(isPresent).length}/${people.length}`)),
      h("ul", {}, people.map((person) => this.#person(person, state))))));
  }

  #person(person, state) {
    const instead = state.participants[person.substitute_for_id];
    return h("li", { class: "person-line", "data-key": `person-${person.id}` },
      h("div", {}, h("span", { class: "strong" }, person.name), instead && h("span", { class: "small muted" }, ` (${t("room_attendance.instead_of", { name: instead.name })})`),
        h("span", { class: "small muted block" }, [person.title, t(`duty.${person.duty}`), person.votes ? t("room.has_vote") : ""].filter(Boolean).join(" · ")),
        h("span", { class: `small ${isPresent(person) ? "ok" : "muted"}` }, rollText(person, state.meeting), this.#here.has(person.id) ? ` · ${t("room.is_connected")}` : ""),
        this.#room.runs && !isPresent(person) && answer(person)));
  }
}
