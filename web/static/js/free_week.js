// The picture of who is free when: a marked time that keys, mouse and touch move, who would be missing then (read from the lines that
// are drawn), and agencies that unfold.
const SHOWN = 6; // names of those missing

export class FreeWeek {
  #box;
  #table;
  #at = 0;
  #length = 0; // quarters

  /** `take({date, start, end})` puts a time into the form. `length`: quarters of the meeting as it is typed. */
  constructor(box, length, take) {
    this.#box = box;
    this.#table = box.querySelector("table");
    this.#length = length;
    const mark = box.querySelector("[role=slider]");
    this.#at = Number(mark.getAttribute("aria-valuenow"));
    mark.addEventListener("keydown", (event) => this.#key(event, take));
    this.#table.addEventListener("click", (event) => this.#clicked(event));
    box.querySelector("#marked").addEventListener("click", (event) => {
      const moves = event.target.closest("[data-moves]");
      if (moves) this.#move(this.#at + Number(moves.dataset.moves));
      if (event.target.closest("[data-takes-mark]")) take(this.#time());
    });
  }

  get #width() { return Number(this.#table.dataset.width); }
  get #days() { return this.#table.dataset.days.split(" "); }

  /** Marks the proposals that lie within: [{date, start, end}]. */
  propose(times) {
    const marks = times.map(({ date, start, end }) => {
      const day = this.#days.indexOf(date);
      const [from, to] = [this.#quarter(start), this.#quarter(end)];
      return day < 0 ? null : rect(day * this.#width + from, to - from);
    });
    this.#table.querySelector(".proposed").replaceChildren(...marks.filter(Boolean));
  }

  #quarter(time) {
    const [hours, minutes] = time.split(":").map(Number);
    return (hours - Number(this.#table.dataset.first)) * 4 + Math.floor(minutes / 15);
  }

  #key(event, take) {
    const steps = { ArrowLeft: event.shiftKey ? -1 : -2, ArrowRight: event.shiftKey ? 1 : 2, ArrowUp: -this.#width, ArrowDown: this.#width };
    if (event.key in steps) this.#move(this.#at + steps[event.key]);
    else if (event.key === "Enter") take(this.#time());
    else return;
    event.preventDefault();
  }

  #clicked(event) {
    const button = event.target.closest("[data-unfolds]");
    if (button) {
      button.setAttribute("aria-expanded", String(button.closest("tbody").classList.toggle("open")));
      return;
    }
    const cell = event.target.closest("td");
    if (!cell) return;
    const { left, width } = cell.getBoundingClientRect();
    const inset = Number.parseFloat(getComputedStyle(cell).paddingLeft);
    const share = (event.clientX - left - inset) / (width - 2 * inset);
    this.#move(Math.floor((share * this.#width * this.#days.length) / 2) * 2); // to the half hour
  }

  #move(at) {
    this.#at = Math.max(0, Math.min(at, this.#width * this.#days.length - 1));
    // Within one day: what would reach into the next one ends with the day.
    const rest = this.#width - (this.#at % this.#width);
    this.#at -= Math.max(0, Math.min(this.#length - rest, this.#at % this.#width));
    for (const one of this.#table.querySelectorAll("rect.chosen")) {
      one.setAttribute("x", this.#at);
      one.setAttribute("width", this.#length);
    }
    this.#tell();
  }

  #time() {
    const day = Math.floor(this.#at / this.#width);
    const from = Number(this.#table.dataset.first) * 60 + (this.#at % this.#width) * 15;
    const said = (minutes) => `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
    return { date: this.#days[day], start: said(from), end: said(Math.min(from + this.#length * 15, 24 * 60 - 1)) };
  }

  #missing() {
    return [...this.#table.querySelectorAll("tr[data-name]")].flatMap((row) => {
      const off = this.#box.querySelector(`#off-${row.dataset.off}`);
      const found = ["busy", "tentative", "travel"].find((kind) => this.#hit(row.querySelectorAll(`rect.${kind}`)))
        ?? (this.#hit(off.children) ? "off" : this.#hit(row.querySelectorAll("rect.unknown")) ? "unknown" : null);
      return found ? [{ name: row.dataset.name, why: found }] : [];
    });
  }

  #hit(rects) {
    return [...rects].some((one) => {
      const x = Number(one.getAttribute("x"));
      return x < this.#at + this.#length && this.#at < x + Number(one.getAttribute("width"));
    });
  }

  #tell() {
    const part = this.#box.querySelector("#marked");
    const { date, start, end } = this.#time();
    const missing = this.#missing();
    const names = missing.slice(0, SHOWN).map(({ name, why }) => `${name} (${part.dataset[why]})`).join("; ");
    const more = missing.length > SHOWN ? ` ${part.dataset.more.replace("{n}", missing.length - SHOWN)}` : "";
    const day = this.#box.querySelectorAll(".day-names span")[this.#days.indexOf(date)].textContent;
    const drawn = this.#table.querySelector("tr[data-name]") !== null;
    const who = missing.length ? `${part.dataset.missing.replace("{n}", missing.length)} ${names}${more}` : drawn ? part.dataset.all : "";
    const said = `${start}–${end}, ${day}. ${who}`;
    part.hidden = false;
    part.querySelector("p").textContent = said;
    const mark = this.#box.querySelector("[role=slider]");
    mark.setAttribute("aria-valuenow", this.#at);
    mark.setAttribute("aria-valuetext", said);
  }
}

function rect(x, width) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of Object.entries({ x, width, y: 0, height: 8 })) made.setAttribute(name, value);
  return made;
}
