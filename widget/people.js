// What people replied: shown below the turn it belongs to, and looked for while a ticket is open.

import { sourceList } from "./answer.js";
import { Refusal } from "./client.js";
import { languageOf } from "./dom.js";

const PAUSE_MS = 30000; // between two looks

export class People {
  /** `turns` holds the turns; `history` remembers what is waited for; `heard()` is called for a reply that came while the page was open. */
  constructor(ui, turns, history, heard) {
    this.ui = ui;
    this.history = history;
    this.turns = turns;
    this.heard = heard;
    this.watched = null; // id of the conversation that has an open ticket
    this.looked = 0; // when, in ms
    document.addEventListener("visibilitychange", () => this.schedule());
  }

  /** Shows what `told`, a conversation of the server, knows of tickets and replies, and goes on looking. */
  show(told) {
    let fresh = 0;
    for (const reply of this.turns.querySelectorAll(".reply[data-answer]")) {
      const mine = (one) => one.answer_id === reply.dataset.answer;
      fresh += this.showBelow(reply, told.tickets.filter(mine), told.replies.filter(mine));
    }
    this.looked = Date.now();
    this.watched = told.tickets.some((ticket) => ticket.state === "open") ? told.id : null;
    this.keep(told);
    this.schedule();
    return fresh;
  }

  /** What is shown while it can be seen is seen; the rest is still waited for, in other tabs too. */
  keep(told) {
    if (!(this.turns.checkVisibility?.() ?? true)) return;
    this.history.await(told.id, this.watched ? told.replies.length : null);
  }

  /** Looks now, and then from time to time as long as a ticket is open. */
  async look(conversation) {
    this.watched = conversation;
    clearTimeout(this.timer);
    this.looked = Date.now();
    try {
      const told = await this.ui.client.call(`/api/conversations/${encodeURIComponent(conversation)}`);
      // Another conversation may have begun meanwhile.
      if (this.watched === conversation && this.show(told)) this.heard();
    } catch (error) {
      if (this.watched !== conversation) return;
      if (error instanceof Refusal && error.status === 404) this.forget();
      else this.schedule();
    }
  }

  /** No conversation: nothing more is looked for. */
  forget() {
    this.watched = null;
    clearTimeout(this.timer);
  }

  schedule() {
    clearTimeout(this.timer);
    if (this.watched === null || document.hidden) return;
    this.timer = setTimeout(() => this.look(this.watched), Math.max(0, this.looked + PAUSE_MS - Date.now()));
  }

  /** How many replies are new. */
  showBelow(reply, tickets, replies) {
    const { ui } = this;
    const turn = reply.parentElement;
    const open = tickets.find((ticket) => ticket.state === "open");
    const handed = reply.querySelector(".handed");
    if (!open && tickets.length) handed?.remove(); // what it said is over
    let place = turn.querySelector(".people");
    const known = new Set([...(place?.querySelectorAll("[data-reply]") ?? [])].map((one) => one.dataset.reply));
    const missing = replies.filter((one) => !known.has(one.id));
    if (!place && tickets.length + replies.length) turn.append((place = ui.el("div", { class: "people" })));
    if (!place) return 0;
    place.querySelector(".ticket")?.remove();
    place.append(...missing.map((one) => this.person(one)));
    const last = tickets[tickets.length - 1];
    const closed = !open && !replies.length && last?.state === "closed" ? last : null;
    const line = ui.el("p", { class: "ticket" });
    if (open && !reply.querySelector(".handed")) ui.say(line, "ticket_open", { id: open.id });
    else if (closed) ui.say(line, "ticket_closed", { id: closed.id });
    if (line.textContent) place.append(line);
    return missing.length;
  }

  person(reply) {
    const { ui } = this;
    const by = ui.el("p", { class: "person" });
    const date = new Date(reply.created).toLocaleDateString("sv-SE");
    ui.say(by, reply.author.name ? "person_named" : "person", { name: reply.author.name, date });
    const lang = languageOf(reply.text);
    const made = ui.el("article", { class: "staff", "data-reply": reply.id, label: "by_person" }, by,
      ui.el("p", { class: "staff-text", text: reply.text, lang }));
    if (reply.citations.length) made.append(sourceList(ui, reply.citations, lang));
    return made;
  }
}
