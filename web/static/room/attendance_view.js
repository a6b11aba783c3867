// Who is here: the quorum drawn, one's own check-in, and the roll call for those who run the meeting.
import { h, fill, $ } from "./dom.js";
import { attendance, values } from "./facts.js";
import { t } from "./words.js";

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
      h("p", { class: "small" }, t("room.in_room", { n: facts.present - facts.online }), ", ", t("room.online", { n: facts.online })),
      facts.excused > 0 && h("p", { class: "small" }, t("room.excused", { n: facts.excused })),
      facts.guests > 0 && h("p", { class: "small" }, t("room.others_here", { n: facts.guests })),
      h("p", { class: "small muted" }, t("room.connected_now", { n: this.#here.size }))));
    this.#checkIn(state);
    this.#list(state);
  }

  #checkIn(state) {
    const me = state.participants[this.#room.me];
    const open = me && ["invited", "live"].includes(state.meeting.state) && me.attendance === "absent" && this.#room.connection.role !== "projector";
    const go = (mode) => this.#room.do("CheckIn", { mode });
    $("#check-in").hidden = !open;
    if (!open) return;
    fill($("#check-in"),
      h("div", {}, h("h2", {}, t("room.check_in_title")), h("p", { class: "muted" }, t("room.check_in_hint"))),
      h("div", { class: "row" },
        h("button", { class: "primary", "data-key": "check-room", onclick: () => go("room") }, t("room.i_am_in_room")),
        h("button", { "data-key": "check-online", onclick: () => go("online") }, t("room.i_am_online"))));
  }

  #list(state) {
    const by = new Map();
    const order = values(state.participants).sort((a, b) => a.position - b.position || (a.name_key < b.name_key ? -1 : 1));
    for (const person of order) by.set(person.agency, [...(by.get(person.agency) ?? []), person]);
    const open = new Set([...document.querySelectorAll("#people details[open]")].map((group) => group.dataset.agency));
    fill($("#people"), [...by].map(([agency, people]) => h("details", { "data-agency": agency, "data-key": `group-${agency}`, open: open.has(agency) },
      h("summary", { "data-key": `agency-${agency}` }, h("span", {}, agency || t("room.outside")),
        h("span", { class: "chip" }, `${people.filter((person) => person.attendance !== "absent").length}/${people.length}`)),
      h("ul", {}, people.map((person) => this.#person(person))))));
  }

  #person(person) {
    const here = this.#here.has(person.id);
    const mark = (attendance) => () => this.#room.do("MarkAttendance", { participant_id: person.id, attendance });
    const runs = this.#room.runs && ["invited", "live"].includes(this.#room.state.meeting.state);
    return h("li", { class: "person-line", "data-key": `person-${person.id}` },
      h("div", {}, h("span", { class: "strong" }, person.name), person.substitute_for_id && h("span", { class: "small muted" }, ` (${t("room.substitute")})`),
        h("span", { class: "small muted block" }, [person.title, t(`duty.${person.duty}`), person.votes ? t("room.has_vote") : ""].filter(Boolean).join(" · ")),
        h("span", { class: `small ${person.attendance === "absent" ? "muted" : "ok"}` }, t(`room.attendance_${person.attendance}`),
          here ? ` · ${t("room.is_connected")}` : "")),
      runs && h("div", { class: "row" }, person.attendance === "absent"
        ? h("button", { class: "compact", "data-key": `here-${person.id}`, onclick: mark("room"), "aria-label": `${t("room.mark_present")}: ${person.name}` }, t("room.mark_present"))
        : h("button", { class: "compact quiet", "data-key": `gone-${person.id}`, onclick: mark("absent"), "aria-label": `${t("room.mark_absent")}: ${person.name}` }, t("room.mark_absent"))));
  }
}

