// One conversation: its questions and answers, the box to ask in, and what was asked before.

import { Address } from "./address.js";
import { renderAnswer } from "./answer.js";
import { Cut, Refusal, Unlisted } from "./client.js";
import { Composer } from "./composer.js";
import { languageOf } from "./dom.js";
import { HistoryView } from "./history_view.js";
import { People } from "./people.js";
import { blocks } from "./prose.js";
import { Reader } from "./reader.js";
import { SearchView } from "./search_view.js";
import { View } from "./view.js";
import { Welcome } from "./welcome.js";

const TWICE_MS = 1000; // a chip that is clicked twice asks once
const TICKET = /\bt_[0-9a-f]{32}\b/; // an answer that handed the question over names its ticket

export class Chat {
  /**
   * `ui` draws; `history` remembers; `subject` is the record that the page around is about, or null;
   * `options` has heading (show a title bar), close (called by its button) and pageScrolls (it is the whole page).
   */
  constructor(ui, history, subject, options) {
    this.ui = ui;
    this.history = history;
    this.subject = subject;
    this.looking = null; // until the page's record is known, where it names one
    this.conversation = null;
    this.running = null; // AbortController of the question being answered
    this.unsent = []; // questions that wait for the network
    this.touch = matchMedia("(pointer: coarse)");
    this.reader = new Reader(ui);
    this.composer = new Composer(ui, this);
    this.welcome = new Welcome(ui, (question) => this.submit(question), subject, options.pageScrolls);
    this.turns = ui.el("section", { class: "turns", label: "conversation" });
    // The first heading of a page goes with its welcome; these stand in for it.
    this.headings = options.pageScrolls
      ? ui.el("div", { class: "unseen", hidden: true }, ui.el("h1", { key: "name" }), ui.el("h2", { key: "conversation" }))
      : null;
    this.people = new People(ui, this.turns, history, () => {
      this.announce(ui.t("person_replied"));
      this.onreply?.();
    });
    this.past = new HistoryView(ui, history, {
      open: (id) => this.reopen(id),
      close: () => this.showPast(false),
      dropped: (id) => id === this.conversation && this.begin(),
      announce: (text) => this.announce(text),
    });
    this.search = new SearchView(ui, {
      ask: (question) => this.submit(question),
      close: () => this.showSearch(false),
      announce: (text) => this.announce(text),
    });
    this.newest = ui.iconButton("down", "newest", () => this.toEnd());
    this.newest.classList.add("newest");
    this.newest.hidden = true;
    this.live = ui.el("div", { id: "live", class: "unseen", role: "status", "aria-live": "polite" });
    this.scroller = ui.el("div", { class: "scroller", part: "conversation" }, this.welcome.node, this.turns);
    this.node = ui.el("div", { class: "chat" }, this.headings,
      this.head(options), this.past.node, this.search.node, this.scroller, this.newest, this.composer.node, this.live);
    this.scroller.addEventListener("scroll", () => this.seeEnd(), { passive: true });
    addEventListener("online", () => this.resend());
    this.pageScrolls = options.pageScrolls;
    this.view = new View(this.scroller, options.pageScrolls);
    this.address = options.pageScrolls ? new Address((id) => this.follow(id)) : null;
    (options.pageScrolls ? document : this.node).addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing || !this.running) return;
      event.preventDefault();
      event.stopPropagation(); // the panel around stays open
      this.stop();
      this.focus();
    });
  }

  head({ heading, close }) {
    const { ui } = this;
    this.title = heading ? ui.el("h2", { class: "title", id: "title", key: "name", tabindex: "-1" }) : null;
    this.pastButton = ui.iconButton("history", "history", () => this.showPast(this.past.node.hidden));
    this.pastButton.setAttribute("aria-expanded", "false");
    this.switcher = heading ? ui.el("button", { type: "button", class: "quiet switch", key: "other_language" }) : null;
    const fresh = ui.iconButton("fresh", "new_conversation", () => this.begin());
    if (!heading) {
      // Where there is room for words.
      this.pastButton.append(ui.el("span", { key: "history" }));
      fresh.append(ui.el("span", { key: "new_conversation" }));
    }
    this.searchButton = heading ? ui.iconButton("find", "search", () => this.showSearch(this.search.node.hidden)) : null;
    this.searchButton?.setAttribute("aria-expanded", "false");
    const shut = close ? ui.iconButton("close", "close_panel", close) : null;
    return ui.el("div", { class: "head", part: "head" }, this.title,
      ui.el("div", { class: "tools", role: "group", label: "tools" }, this.switcher, this.searchButton, this.pastButton, fresh, shut));
  }

  /** The site's own picture before the title; no element for it where there is none. */
  showLogo(address) {
    if (!this.title) return;
    this.logo ??= this.ui.el("img", { class: "logo", part: "logo", alt: "" });
    this.logo.src = address;
    this.title.before(this.logo);
  }

  focus() {
    this.composer.focus();
  }

  /** From now on the first question is about this record. */
  talkAbout(subject) {
    this.subject = this.welcome.subject = subject;
    this.welcome.show();
    this.composer.show();
  }

  /** Nothing can be asked from here; says so before somebody writes a question. */
  refuse(error) {
    const turn = this.newTurn("");
    turn.querySelector(".question").remove();
    this.showFailure(turn, "", error, false);
    this.composer.node.hidden = true;
  }

  announce(text) {
    // The same words twice are still said twice.
    this.live.textContent = this.live.textContent === text ? `${text}\u00a0` : text;
  }

  /** Everything drawn so far in the language that was chosen. */
  translate() {
    this.ui.translate(this.node);
    this.ui.translate(this.reader.dialog);
    this.welcome.show();
    this.composer.show();
    this.past.show();
  }

  /** The welcome, or what is said in its place. */
  greet(shown) {
    this.welcome.node.hidden = !shown;
    this.entitle();
  }

  entitle() {
    if (this.headings) this.headings.hidden = !this.welcome.node.hidden && !this.scroller.hidden;
  }

  newTurn(question) {
    const { ui } = this;
    this.greet(false);
    const turn = ui.el("article", { class: "turn" },
      ui.el("h3", { class: "question" }, ui.el("span", { class: "unseen", key: "you" }),
        ui.el("span", { text: question, lang: languageOf(question) })),
      ui.el("div", { class: "reply", "aria-busy": "true" }));
    // What an earlier answer was restricted to is past; only that of the newest can be taken away.
    for (const old of this.turns.querySelectorAll("button.filter")) {
      old.replaceWith(ui.el("span", { class: "filter" }, old.firstElementChild));
    }
    this.turns.append(turn);
    return turn;
  }

  setReply(turn, ...children) {
    const reply = this.ui.el("div", { class: "reply" }, ...children);
    turn.querySelector(".reply").replaceWith(reply);
    return reply;
  }

  show(turn, answer, verdict = null) {
    const { ui, reader } = this;
    const handed = (ticket) => {
      // Now, not after a first look: a page that is closed meanwhile hears of the reply as well.
      this.history.await(ticket.conversation_id, this.turns.querySelectorAll("[data-reply]").length);
      // A ticket of a conversation that was left meanwhile is shown when that is opened again.
      if (ticket.conversation_id === this.conversation) this.people.look(this.conversation);
    };
    const ask = (question) => this.submit(question);
    turn.querySelector(".reply").replaceWith(renderAnswer(ui, answer, { ask, handed, reader, verdict }));
  }

  async submit(text) {
    let question = text.trim();
    if (!question || this.running || !this.composer.fits(question)) return;
    if (question === this.asked?.question && performance.now() - this.asked.at < TWICE_MS) return;
    this.asked = { question, at: performance.now() };
    if (!this.conversation && this.subject) question = this.subject.asked(question);
    this.composer.clear();
    this.showPast(false);
    this.showSearch(false);
    // A keyboard on glass would cover the answer; a real one goes on typing.
    if (this.touch.matches) this.composer.blur();
    else this.focus();
    const turn = this.newTurn(question);
    this.view.hold(turn);
    await this.answerInto(turn, question, { again: false });
  }

  /** A first question is about the page's record, also one that is asked while that is still looked up. */
  async aboutThePage(turn, question) {
    if (this.conversation) return question;
    await this.looking;
    const asked = this.subject?.asked(question) ?? question;
    turn.querySelector(".question").lastElementChild.textContent = asked;
    return asked;
  }

  async answerInto(turn, question, { again }) {
    const { ui } = this;
    const controller = new AbortController();
    this.busy(controller);
    const status = ui.el("p", { class: "working" });
    const draft = ui.el("div", { class: "draft prose", hidden: true });
    this.setReply(turn, status, draft).setAttribute("aria-busy", "true");
    ui.say(status, "asking");
    try {
      question = await this.aboutThePage(turn, question);
      const answer = await this.listen(question, controller.signal, status, draft);
      if (controller.signal.aborted) return;
      this.remember(answer.conversation_id, question);
      this.show(turn, answer);
      this.view.settle();
      this.seeEnd();
      if (answer.notices.some((notice) => TICKET.test(notice))) this.people.look(answer.conversation_id);
      this.announce(`${answer.text.replace(/\[\d+\]/g, "")} ${ui.t("finished", { n: answer.citations.length })}`);
      ui.tell("answer", { id: answer.id, status: answer.status });
    } catch (error) {
      // A turn that was taken away with its conversation has nothing to show.
      if (turn.isConnected && error.name === "AbortError") this.showStopped(turn, question, status, draft);
      else if (turn.isConnected) this.showFailure(turn, question, error, again);
    } finally {
      if (this.running === controller) this.busy(null);
    }
  }

  async listen(question, signal, status, draft) {
    const { ui } = this;
    const body = { question, conversation_id: this.conversation, language: "auto" };
    let text = "";
    let citations = [];
    try {
      for await (const { event, data } of ui.client.ask(body, signal)) {
        if (event === "status") {
          delete status.dataset.text;
          status.textContent = data.text;
        } else if (event === "sources") {
          citations = data.citations;
          ui.say(status, "sources_found", { n: citations.length });
          this.announce(status.textContent);
        } else if (event === "delta") {
          text += data.text;
          draft.hidden = false;
          // A number that is still coming in is held back.
          const shown = text.replace(/\[\d{0,3}$/, "");
          draft.replaceChildren(...blocks(ui, shown, citations, new Set(), this.reader));
        } else if (event === "done") {
          return data;
        }
      }
    } catch (error) {
      // Deleted, or another server by now: the question still deserves its answer.
      if (!(error instanceof Refusal) || error.code !== "conversation_unknown" || this.conversation === null) throw error;
      this.conversation = null;
      const answer = await this.listen(question, signal, status, draft);
      return { ...answer, notices: [...answer.notices, ui.t("restarted")] };
    }
    throw new Cut("the stream ended");
  }

  /** What had come stays, marked as a part, and the question can be sent again as often as it takes. */
  showStopped(turn, question, status, draft) {
    const { ui } = this;
    ui.say(status, draft.hidden ? "stopped" : "stopped_half");
    const box = ui.el("div", { class: "failure stopped" }, status, this.retryButton(turn, question, false));
    status.className = "";
    this.setReply(turn, draft, box);
    this.announce(status.textContent);
  }

  showFailure(turn, question, error, again) {
    const { ui } = this;
    this.asked = null; // what failed may be asked again at once
    const said = ui.el("p");
    const box = ui.el("div", { class: "failure" }, said);
    if (error instanceof Unlisted || error.code === "site_unknown" || error.code === "origin_not_allowed") {
      ui.say(said, error.code === "site_unknown" ? "site_unknown" : "unlisted");
      box.append(this.waysOut());
    } else if (error instanceof Refusal) {
      // The server names the field for programs; a person has only one box to look at.
      ui.say(said, "refused", { reason: error.code === "question_invalid" ? ui.t("question_invalid") : error.message });
      if (error.requestId) {
        const id = ui.el("p", { class: "request-id" });
        ui.say(id, "request_id", { id: error.requestId });
        box.append(id);
      }
      const mayHelp = error.status >= 500 || error.status === 429 || error.status === 200;
      if (mayHelp && !again) box.append(this.retryButton(turn, question));
      else this.composer.giveBack(question);
    } else if (!again && !navigator.onLine) {
      ui.say(said, "waiting_online");
      this.unsent.push({ turn, question });
    } else if (again) {
      ui.say(said, "cut_again");
      this.composer.giveBack(question);
    } else {
      ui.say(said, "cut");
      box.append(this.retryButton(turn, question));
    }
    this.setReply(turn, box);
    this.announce(said.textContent);
  }

  retryButton(turn, question, again = true) {
    return this.ui.el("button", {
      type: "button", key: "retry",
      onclick: () => {
        if (this.running) return;
        this.focus();
        this.answerInto(turn, question, { again });
      },
    });
  }

  /** For a visitor: Kewen itself; for the web master: what is wrong. */
  waysOut() {
    const { ui } = this;
    const link = (path, key) => ui.el("a", { href: `${ui.base}${path}`, target: "_blank", rel: "noopener", key });
    const about = new URLSearchParams({ site: ui.client.site ?? "", page: location.origin });
    return ui.el("p", { class: "links" }, link("/", "open_kewen"), link(`/widget/check?${about}`, "unlisted_check"));
  }

  /** Each question that the network lost is sent once more, in order. */
  async resend() {
    while (this.unsent.length && !this.running) {
      const { turn, question } = this.unsent.shift();
      if (!turn.isConnected) continue;
      this.announce(this.ui.t("back_online"));
      await this.answerInto(turn, question, { again: true });
    }
  }

  busy(controller) {
    this.running = controller;
    this.composer.busy(Boolean(controller));
    if (!controller && this.unsent.length && navigator.onLine) setTimeout(() => this.resend());
  }

  stop() {
    this.running?.abort();
  }

  remember(id, title) {
    this.conversation = id;
    this.history.current = id;
    if (id) this.history.keep(id, title);
    this.address?.put(id);
    this.composer.show();
  }

  /** A new conversation; the one before stays in the history. */
  begin() {
    this.clear();
    this.remember(null);
    this.announce(this.ui.t("new_conversation"));
    this.showPast(false);
    this.focus();
  }

  clear() {
    this.stop();
    this.busy(null);
    this.asked = null; // elsewhere the same words are another question
    this.unsent = [];
    this.people.forget();
    this.turns.replaceChildren();
    this.greet(true);
    this.view.toTop();
  }

  /** Where back and forward of the browser lead. */
  async follow(id) {
    if (id === this.conversation) return;
    if (!id) return this.begin();
    this.clear();
    if (!(await this.load(id))) this.lost();
  }

  /** A conversation that its address still names and nobody has any more. */
  lost() {
    this.clear();
    this.conversation = null;
    this.address.put(null, { instead: true });
    this.turns.append(this.ui.el("p", { class: "failure", key: "history_gone" }));
    this.announce(this.ui.t("history_gone"));
  }

  showPast(shown) {
    this.showBeside(this.past, this.pastButton, shown);
  }

  showSearch(shown) {
    if (this.searchButton) this.showBeside(this.search, this.searchButton, shown);
  }

  /** A view in place of the conversation: one at a time. */
  showBeside(view, button, shown) {
    if (view.node.hidden !== shown) return;
    for (const [other, its] of [[this.past, this.pastButton], [this.search, this.searchButton]]) {
      if (other !== view && shown) {
        other.node.hidden = true;
        its?.setAttribute("aria-expanded", "false");
      }
    }
    view.node.hidden = !shown;
    this.scroller.hidden = this.composer.node.hidden = shown;
    this.entitle();
    button.setAttribute("aria-expanded", String(shown));
    this.seeEnd();
    if (shown) view.enter();
    else button.focus();
  }

  async reopen(id) {
    const found = await this.load(id);
    if (!found) return false;
    this.showPast(false);
    this.focus();
    this.toEnd();
    return true;
  }

  /** Shows again what was said before the page was loaded anew. */
  async restore() {
    const named = this.address?.id ?? null;
    const id = named ?? this.history.current;
    if (!id || this.conversation) return;
    this.address?.put(id, { instead: true });
    const found = await this.load(id);
    if (!found && named) this.lost();
    else if (!found) this.address?.put(null, { instead: true });
  }

  /** False when there is no such conversation any more. */
  async load(id) {
    let before;
    try {
      before = await this.ui.client.call(`/api/conversations/${encodeURIComponent(id)}`);
    } catch (error) {
      const gone = error instanceof Refusal && error.status === 404;
      if (gone) this.history.drop(id);
      if (gone && this.history.current === id) this.history.current = null;
      if (!gone && !this.running) this.conversation = id; // it may be there when the line is
      return !gone;
    }
    if (this.running) return true;
    this.clear();
    for (const turn of before.turns) this.show(this.newTurn(turn.question), turn.answer, turn.feedback);
    this.greet(!before.turns.length);
    this.remember(id, before.turns[0]?.question ?? "");
    this.people.show(before);
    if (before.turns.length) this.view.hold(this.turns.lastElementChild);
    this.seeEnd();
    return true;
  }

  toEnd() {
    const last = this.turns.lastElementChild;
    if (last) this.view.hold(last);
    (last?.querySelector("button.cite") ?? this.composer).focus({ preventScroll: true });
  }

  /** The way to the newest answer is offered where that is out of sight. */
  seeEnd() {
    const last = this.turns.lastElementChild;
    const away = last && this.view.isBelow(last);
    this.newest.hidden = this.pageScrolls || this.scroller.hidden || !away;
  }
}
