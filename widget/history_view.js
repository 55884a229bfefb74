// The list of earlier conversations: open one again, or delete it here and on the server.

import { Refusal } from "./client.js";
import { drawing, languageOf } from "./dom.js";

export class HistoryView {
  /** `told` has open(id), close(), dropped(id) and announce(text). */
  constructor(ui, history, told) {
    this.ui = ui;
    this.history = history;
    this.told = told;
    this.list = ui.el("ul", { class: "past-list" });
    this.heading = ui.el("h3", { class: "past-title", key: "history", tabindex: "-1" });
    this.said = ui.el("p", { class: "past-said" });
    this.box = ui.el("input", {
      type: "search", autocomplete: "off", maxlength: "120", label: "history_search",
      "data-placeholder": "history_search", placeholder: ui.t("history_search"), oninput: () => this.show(),
    });
    this.node = ui.el("section", { class: "past", label: "history", hidden: true },
      this.heading, this.box, this.list, this.said, ui.el("p", { class: "kept", key: "history_kept" }),
      ui.el("p", {}, ui.el("button", { type: "button", class: "quiet", key: "history_close", onclick: () => told.close() })));
    this.node.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      told.close();
    });
  }

  enter() {
    this.said.textContent = "";
    delete this.said.dataset.text;
    this.box.value = "";
    this.show();
    this.heading.focus();
  }

  show() {
    const { ui } = this;
    const kept = this.history.list();
    const words = this.box.value.trim().toLowerCase();
    const shown = kept.filter((one) => one.title.toLowerCase().includes(words));
    this.box.hidden = kept.length < 2 && !words;
    this.list.replaceChildren(...shown.map((one) => this.item(one)));
    if (!shown.length) ui.say(this.said, kept.length ? "history_no_match" : "history_none");
    else if (["history_no_match", "history_none"].includes(this.said.dataset.text)) {
      delete this.said.dataset.text;
      this.said.textContent = "";
    }
  }

  item({ id, title, at }) {
    const { ui } = this;
    const date = new Date(at).toLocaleDateString("sv-SE");
    const open = ui.el("button", {
      type: "button", class: "quiet past-open",
      onclick: async () => {
        if (!(await this.told.open(id))) {
          this.show();
          ui.say(this.said, "history_gone");
          this.told.announce(this.said.textContent);
        }
      },
    }, ui.el("span", { text: title, lang: languageOf(title) }), ui.el("span", { class: "past-date", text: date }));
    const remove = ui.el("button", { type: "button", class: "quiet icon", onclick: () => this.remove(id) }, drawing("trash"));
    ui.name(remove, "history_delete", { title });
    const rename = ui.el("button", { type: "button", class: "quiet icon", onclick: () => this.rename(line, id, title) }, drawing("pen"));
    ui.name(rename, "history_rename", { title });
    const line = ui.el("li", {}, open, rename, remove);
    return line;
  }

  /** A box in place of the line: Enter or leaving it keeps the name, Escape the old one. */
  rename(line, id, title) {
    const box = this.ui.el("input", { type: "text", maxlength: "120", label: "history_name", value: title, class: "past-name" });
    let done = false;
    const finish = (named) => {
      if (done) return;
      done = true;
      if (named) this.history.rename(id, named);
      this.show();
    };
    box.addEventListener("keydown", (event) => {
      if (event.isComposing || !["Enter", "Escape"].includes(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
      finish(event.key === "Enter" ? box.value.trim() : "");
      this.heading.focus();
    });
    box.addEventListener("blur", () => finish(box.value.trim()));
    line.replaceChildren(box);
    box.select();
  }

  async remove(id) {
    const { ui } = this;
    try {
      await ui.client.call(`/api/conversations/${encodeURIComponent(id)}`, { method: "DELETE" });
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 404) {
        ui.say(this.said, "history_failed", { reason: error instanceof Refusal ? error.message : ui.t("offline") });
        this.told.announce(this.said.textContent);
        return;
      }
    }
    this.history.drop(id);
    const closed = this.history.current === id;
    ui.say(this.said, "history_deleted");
    this.show();
    if (closed) this.told.dropped(id);
    else this.heading.focus();
    this.told.announce(ui.t("history_deleted"));
  }
}
