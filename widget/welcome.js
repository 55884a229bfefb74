// What is there before the first question: what Kewen is, and questions to begin with.

import { OPENERS } from "./texts.js";
import { languageOf } from "./dom.js";

export class Welcome {
  /** `slotted`: a welcome of the page's own, readable without script, stands in place of ours; it may be read in later. */
  constructor(ui, ask, subject, slotted) {
    this.ui = ui;
    this.ask = ask;
    this.subject = subject;
    this.list = ui.el("ul", { class: "openers" });
    const own = slotted
      ? [ui.el("slot", { name: "welcome" })]
      : [
        (this.title = ui.el("p", { class: "welcome-title", part: "greeting", key: "welcome_title" })),
        ui.el("p", { class: "welcome-text", key: "welcome_text" }),
        ui.el("p", { class: "machine", key: "machine" }),
      ];
    this.node = ui.el("section", { class: "welcome", label: "openers_title" }, ...own,
      ui.el("p", { class: "openers-title", key: "openers_title" }), this.list);
    this.show();
  }

  /** The site's own greeting; none: ours. */
  greet(words) {
    if (!this.title) return;
    if (words) {
      delete this.title.dataset.text;
      this.title.textContent = words;
    } else this.ui.say(this.title, "welcome_title");
  }

  /** The questions in the present language; those of the page or the site come before ours. */
  show() {
    const { ui } = this;
    const about = this.subject?.openers() ?? [];
    const own = ui.questions.length ? ui.questions : OPENERS.map((pair) => ui.texts.pick(pair));
    const questions = about.length ? about.map((pair) => ui.texts.pick(pair)) : own;
    this.list.replaceChildren(...questions.map((question) =>
      ui.el("li", {}, ui.el("button", {
        type: "button", class: "chip", text: question, lang: languageOf(question), onclick: () => this.ask(question),
      }))));
  }
}
