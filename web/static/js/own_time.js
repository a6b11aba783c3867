// A meeting's time on the reader's own clock, where that shows another time than the one on the page. Without it the page tells the
// meeting's time and zone.
class OwnTime {
  #box;

  constructor(box) {
    this.#box = box;
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (this.#said(own, "en") !== this.#said(box.dataset.zone, "en")) this.#show(own);
  }

  #said(zone, language) {
    const form = new Intl.DateTimeFormat(language, {
      timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23", weekday: "long", day: "2-digit", month: "2-digit", year: "numeric",
    });
    return form.formatRange(new Date(this.#box.dataset.starts), new Date(this.#box.dataset.ends));
  }

  #show(own) {
    const { words } = this.#box.dataset;
    const when = this.#said(own, document.documentElement.lang);
    this.#box.textContent = words.replace("ZONE", own.replaceAll("_", " ")).replace("WHEN", when);
    this.#box.hidden = false;
  }
}

for (const box of document.querySelectorAll("[data-own-time]")) new OwnTime(box);
