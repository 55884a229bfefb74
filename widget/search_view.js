// The catalogue beside the chat: records as the words are typed, each of them to open or to ask about.

import { languageOf } from "./dom.js";

const PAUSE_TYPED_MS = 250;
const HITS = 10;

export class SearchView {
  /** `told` has ask(question), close() and announce(text). */
  constructor(ui, told) {
    this.ui = ui;
    this.told = told;
    this.box = ui.el("input", {
      type: "search", id: "look-for", autocomplete: "off", maxlength: "200", enterkeyhint: "search",
      "data-placeholder": "search_hint", placeholder: ui.t("search_hint"),
    });
    this.list = ui.el("ol", { class: "found" });
    this.said = ui.el("p", { class: "past-said" });
    this.node = ui.el("section", { class: "past look", label: "search", hidden: true },
      ui.el("label", { class: "past-title", for: "look-for", key: "search" }), this.box, this.said, this.list,
      ui.el("p", {}, ui.el("button", { type: "button", class: "quiet", key: "history_close", onclick: () => told.close() })));
    this.box.addEventListener("input", (event) => !event.isComposing && this.soon());
    this.box.addEventListener("compositionend", () => this.soon());
    this.node.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      told.close();
    });
  }

  enter() {
    this.box.focus({ preventScroll: true });
  }

  soon() {
    clearTimeout(this.typed);
    this.typed = setTimeout(() => this.look(), PAUSE_TYPED_MS);
  }

  async look() {
    const { ui } = this;
    const words = this.box.value.trim();
    this.asked = words;
    delete this.said.dataset.text;
    this.said.textContent = "";
    if (!words) return this.list.replaceChildren();
    try {
      const told = await ui.client.call(`/api/search?${new URLSearchParams({ q: words, k: HITS })}`);
      if (this.asked !== words) return; // more was typed meanwhile
      this.list.replaceChildren(...told.hits.map((one) => this.hit(one)));
      ui.say(this.said, told.hits.length ? "search_found" : "search_none", { n: told.hits.length });
    } catch (error) {
      ui.say(this.said, "search_failed", { reason: error.code ? error.message : ui.t("offline") });
    }
    this.told.announce(this.said.textContent);
  }

  hit({ kind, title, snippet, url }) {
    const { ui } = this;
    const lang = languageOf(title);
    const link = ui.el("a", { href: ui.ownAddress(url), target: "_blank", rel: "noopener", text: title, lang });
    const question = ui.texts.pick(kind === "policy" ? [`《${title.replace(/[《》]/g, "")}》主要规定了什么？`, `What does ${title} say?`]
      : [`${title}怎么申请？`, `How do I apply to ${title}?`]);
    return ui.el("li", {}, link, ui.el("p", { class: "found-says", text: snippet, lang: languageOf(snippet) }),
      ui.el("button", { type: "button", class: "chip", text: question, lang: languageOf(question), onclick: () => this.told.ask(question) }));
  }
}
