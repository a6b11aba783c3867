// A bridge site's own page: one screen for a technician who stands in a hall with forty people.
import { AnnouncementStrip } from "./announcement_strip.js";
import { Connection } from "./connection.js";
import { $ } from "./dom.js";
import { SiteAsks } from "./site_asks.js";
import { SiteFloor } from "./site_floor.js";
import { SitePeople } from "./site_people.js";
import { SiteReadiness } from "./site_readiness.js";
import { StatusView } from "./status_view.js";
import { boot } from "./words.js";

class SitePage {
  connection = new Connection();
  #status = new StatusView(this.connection);
  #views = [new SiteReadiness(this), new SiteFloor(this), new SitePeople(this), new SiteAsks(this), new AnnouncementStrip(this.connection)];

  constructor() {
    this.connection.on("change", () => this.#render());
    this.connection.on("presence", () => this.#render());
    setInterval(() => { if (this.site) for (const view of this.#views) view.tick?.(this.state); }, 500);
  }

  get state() { return this.connection.state; }
  get site() { return this.state?.sites[boot.site]; }
  get open() { return ["invited", "live"].includes(this.state.meeting.state); }

  // A command of this site.
  do(name, fields) { return this.connection.do(name, { site_id: boot.site, ...fields }); }

  #render() {
    if (!this.site) return;
    $("#room").hidden = false;
    for (const view of this.#views) view.render(this.state);
  }
}

window.room = new SitePage();
