// The room: one connection, one state, and a view for each part of the page.
import { ActsDialog } from "./acts_dialog.js";
import { AgendaView } from "./agenda_view.js";
import { AnnouncementsView } from "./announcements_view.js";
import { AttendanceView } from "./attendance_view.js";
import { BallotForm } from "./ballot_form.js";
import { BallotSheet } from "./ballot_sheet.js";
import { BallotsView } from "./ballot_views.js";
import { CallDialog } from "./call_dialog.js";
import { ChairBar } from "./chair_bar.js";
import { Connection } from "./connection.js";
import { Counting } from "./counting.js";
import { CurrentView } from "./current_view.js";
import { DeputyView } from "./deputy_view.js";
import { Dialogs } from "./dialogs.js";
import { $ } from "./dom.js";
import { FloorView } from "./floor_view.js";
import { ItemDialog } from "./item_dialog.js";
import { MinutesView } from "./minutes_view.js";
import { ReadyList } from "./ready_list.js";
import { NotesView } from "./notes_view.js";
import { PapersView } from "./papers_view.js";
import { QuestionDialog } from "./question_dialog.js";
import { QuestionsView } from "./questions_view.js";
import { RollCall } from "./roll_call.js";
import { SeatingView } from "./seating_view.js";
import { SitesBar } from "./sites_bar.js";
import { SitesBoard } from "./sites_board.js";
import { SpeakingTimes } from "./speaking_times.js";
import { SpeakingView } from "./speaking_view.js";
import { StatusView } from "./status_view.js";
import { TalkView } from "./talk_view.js";

class Room {
  connection = new Connection();
  looking = null; // an item that this person looks at, instead of the running one
  #status = new StatusView(this.connection);
  #minutes = new MinutesView(this);
  #dialogs = new Dialogs(this);
  #ballotForm = new BallotForm(this);
  #ready = new ReadyList(this);
  counting = new Counting(this);
  #item = new ItemDialog(this);
  #call = new CallDialog(this);
  #question = new QuestionDialog(this);
  #acts = new ActsDialog();
  #papers = new PapersView(this);
  #sites = new SitesBar(this);
  #views = [
    new CurrentView(this), new AgendaView(this), new AttendanceView(this), new DeputyView(this),
    new FloorView(this), new SpeakingView(this), new SpeakingTimes(this), new QuestionsView(this),
    new BallotsView(this), new ChairBar(this), new BallotSheet(this),
    new RollCall(this), new SeatingView(this), this.#ready, this.#sites, new SitesBoard(this, this.#sites.states),
    this.#minutes, this.#acts,
    this.#papers, new NotesView(this, () => this.#papers.openId), new TalkView(this), new AnnouncementsView(this),
  ];

  constructor() {
    this.connection.on("change", () => this.#render());
    this.#tabs("[data-tab]", "data-shown", (name) => { if (name === "minutes") this.#minutes.open(); });
    this.#tabs("[data-part]", "data-phone", (name) => { if (name === "minutes") { this.#show("data-shown", "minutes", "[data-tab]"); this.#minutes.open(); } });
    for (const button of document.querySelectorAll("[data-copy]")) button.addEventListener("click", () => navigator.clipboard.writeText($(button.dataset.copy).href));
    setInterval(() => { if (this.state) for (const view of this.#views) view.tick?.(this.state); }, 500);
  }

  get state() { return this.connection.state; }
  get me() { return this.connection.me; }
  get runs() { return this.connection.role === "runner"; }
  get chairs() { return this.state.participants[this.me]?.duty === "chair"; }
  get leads() { return this.chairs || this.state.participants[this.me]?.deputy === true; } // the chair, or his deputy

  do(name, fields) { return this.connection.do(name, fields); }
  note(text, kind) { this.#status.note(text, kind); }
  acts(list) { this.#acts.open(list); }
  insertItem(after) { this.#item.insert(after); }
  editItem(item) { this.#item.edit(item); }
  callOther() { this.#call.call(); }
  setSpeakingTime() { this.#call.limit(); }
  askQuestion(known) { this.#question.ask(known); }
  oweInWriting(question) { this.#question.owe(question); }
  splitOff(item) { this.#item.split(item); }
  confirm(text, act) { this.#dialogs.confirm(text, act); }
  editBallot(known, again) { this.#ballotForm.open(known, again); }
  voteAgain(ballot) { return this.#ballotForm.revote(ballot); }
  showReady(ballot) { this.#ready.show(ballot); }
  askReason(title, hint, act) { this.#dialogs.reason(title, hint, act); }
  editConclusion(known) { this.#dialogs.conclusion(known); }

  redraw() { this.#render(); }

  showTab(name) {
    this.#show("data-shown", name, "[data-tab]");
    this.#show("data-phone", "now", "[data-part]");
    this.#render();
  }

  look(item) {
    this.looking = item;
    this.#show("data-phone", "now", "[data-part]");
    this.#render();
  }

  #render() {
    if (!this.state) return;
    $("#room").hidden = false;
    $("#waiting").hidden = true;
    $("#room").classList.toggle("runs", this.runs);
    $("#new-item").hidden = !this.runs || this.state.meeting.state === "finished";
    for (const view of this.#views) view.render(this.state);
  }

  #tabs(selector, attribute, then) {
    for (const button of document.querySelectorAll(selector)) {
      button.addEventListener("click", () => {
        const name = button.dataset.tab ?? button.dataset.part;
        this.#show(attribute, name, selector);
        then(name);
        this.#render();
      });
    }
  }

  #show(attribute, name, selector) {
    document.body.setAttribute(attribute, name);
    for (const button of document.querySelectorAll(selector)) button.setAttribute("aria-pressed", String((button.dataset.tab ?? button.dataset.part) === name));
  }
}

const room = new Room();
window.room = room; // for the tests, which compare its state with a fresh snapshot
