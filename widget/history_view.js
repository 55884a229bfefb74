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
    this.node = ui.el("section", { class: "past", label: "history", hidden: true },
      this.heading, this.list, this.said, ui.el("p", { class: "kept", key: "history_kept" }),
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
    this.show();
    this.heading.focus();
  }

  show() {
    const { ui } = this;
    const kept = this.history.list();
    this.list.replaceChildren(...kept.map((one) => this.item(one)));
    if (!kept.length) ui.say(this.said, "history_none");
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
    return ui.el("li", {}, open, remove);
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
