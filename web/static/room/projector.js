// The shared screen: follows the meeting by itself, without controls, to be read across a hall.
import { ring } from "./attendance_view.js";
import { Connection } from "./connection.js";
import { $, fill, h } from "./dom.js";
import { announcements, attendance, openBallot, presentation, speaker } from "./facts.js";
import { Endurance } from "./projector_endurance.js";
import { ProjectorPaper } from "./projector_paper.js";
import { stageOf } from "./projector_stages.js";
import { countStates, SiteStates } from "./site_states.js";
import { t, timeOf } from "./words.js";

const SMALLEST = 6; // steps of css/projector.css
const ANNOUNCED = 15 * 60_000; // as long as an announcement is read out on the screen

class Projector {
  connection = new Connection();
  #paper = new ProjectorPaper($("#paper"));
  #sites = new SiteStates(this.connection);

  constructor() {
    this.connection.on("change", () => this.#render());
    this.connection.on("status", () => { $("#cut").hidden = ["connected", "connecting"].includes(this.connection.status); });
    new Endurance(this.connection, () => this.#calm());
    setInterval(() => this.#render(), 500);
  }

  get state() { return this.connection.state; }

  #render() {
    const now = this.connection.now();
    $("#time").textContent = timeOf(new Date(now).toISOString());
    if (!this.state || this.connection.status === "gone") return;
    const stage = stageOf(this.state, now);
    document.body.dataset.stage = stage.name;
    fill($("#kicker"), stage.kicker);
    fill($("#title"), stage.title);
    fill($("#stage"), ...stage.content.filter(Boolean));
    this.#paper.show(stage.paper ?? null, stage.page);
    this.#foot(now);
    this.#fit(stage.paper ? 0 : SMALLEST);
  }

  // However long a title or however many candidates: all of it is seen, as large as it can be.
  #fit(smallest) {
    const main = $("main");
    for (let step = 0; step <= smallest; step += 1) {
      main.dataset.fit = step;
      if (main.scrollHeight <= main.clientHeight) return;
    }
  }

  #foot(now) {
    const facts = attendance(this.state);
    fill($("#foot"), h("div", { class: "foot-ring" }, ring(facts)), h("p", {}, t("room.present_of", { n: facts.present, members: facts.members }), " · ", t(facts.reached ? "room.quorate" : "room.inquorate", { needed: facts.needed }), this.#sitesText(now)));
    const held = ["invited", "live"].includes(this.state.meeting.state);
    const [last] = announcements(this.state).filter((each) => held && now - Date.parse(each.made_at) < ANNOUNCED);
    $("#announced").hidden = !last;
    fill($("#announced"), last && h("strong", {}, `${t("room_talk.announcement")} ${timeOf(last.made_at)}: `), last?.text);
  }

  #sitesText(now) {
    const all = this.#sites.all(this.state, now);
    return all.length > 0 && ` · ${t("room_sites.ready_of_sites", { n: countStates(all).ready, all: all.length })}`;
  }

  // Nobody looks at the screen for anything just now.
  #calm() {
    return !this.state || !(openBallot(this.state) || speaker(this.state) || presentation(this.state)?.paper_id);
  }
}

window.room = new Projector();
