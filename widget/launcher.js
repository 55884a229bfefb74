// The round button in a corner and the panel that it opens: beside the page on a desktop, over it on a phone.

import { drawing } from "./dom.js";

const SMALL = "(max-width: 640px), (max-height: 480px)";

export class Launcher {
  /** `chat()` makes the conversation when it is wanted for the first time. */
  constructor(ui, chat) {
    this.ui = ui;
    this.makeChat = chat;
    this.chat = null;
    this.small = matchMedia(SMALL);
    this.button = ui.el("button", {
      type: "button", class: "launcher", part: "launcher", label: "launcher", "aria-haspopup": "dialog", "aria-expanded": "false",
      onclick: () => (this.panel.open ? this.close() : this.open()),
    }, drawing("ask"), ui.el("span", { class: "launcher-name", key: "name" }));
    this.panel = ui.el("dialog", { class: "panel", part: "panel", label: "panel" });
    this.panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing) return;
      event.preventDefault();
      event.stopPropagation();
      this.escape();
    });
    // The back gesture of a phone.
    this.panel.addEventListener("cancel", (event) => {
      if (event.target !== this.panel) return;
      event.preventDefault();
      this.close();
    });
    this.small.addEventListener("change", () => this.refit());
    window.visualViewport?.addEventListener("resize", () => this.measure());
    this.nodes = [this.button, this.panel];
  }

  /** Elements of the page that open the panel in place of our button, and a key that does: Alt+K. Our button is
      then seen while a reply waits, since theirs cannot show it. */
  obey(trigger, shortcut) {
    this.trigger = trigger;
    this.button.hidden = Boolean(trigger);
    const own = (event) => trigger && event.composedPath().find((one) => one.matches?.(trigger));
    document.addEventListener("click", (event) => {
      const found = own(event);
      if (!found) return;
      event.preventDefault();
      this.opener = found;
      if (this.panel.open) this.close();
      else this.open();
    });
    const keys = (shortcut ?? "").toLowerCase().split("+").map((one) => one.trim()).filter(Boolean);
    if (!keys.length) return;
    const wants = (name) => keys.includes(name);
    document.addEventListener("keydown", (event) => {
      // Alone a letter is what somebody writes; on a Mac, Alt and a letter make another one, so the place counts.
      const pressed = [event.key.toLowerCase(), event.code.replace(/^(Key|Digit)/, "").toLowerCase()];
      if (!pressed.includes(keys[keys.length - 1]) || event.isComposing || event.repeat) return;
      if (event.altKey !== wants("alt") || event.ctrlKey !== wants("ctrl") || event.metaKey !== wants("meta")) return;
      if (event.shiftKey !== wants("shift") && keys[keys.length - 1].length > 1) return;
      const at = event.composedPath()[0];
      const writing = at.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(at.tagName);
      if (writing && !event.altKey && !event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      this.opener = document.activeElement;
      if (this.panel.open) this.close();
      else this.open();
    });
  }

  async open() {
    if (this.panel.open) return;
    if (!this.chat) {
      this.chat = this.makeChat(() => this.close());
      this.chat.onreply = () => this.mark(!this.panel.open);
      this.panel.append(this.chat.node);
    }
    this.show();
    this.button.setAttribute("aria-expanded", "true");
    this.mark(false);
    if (this.replied && !this.chat.running) {
      const id = this.replied;
      this.replied = null;
      this.chat.restoring?.then(() => (this.chat.conversation === id ? this.chat.people.look(id) : this.chat.reopen(id)));
    }
    this.chat.composer.measure();
    // A keyboard on glass would cover what is there to read.
    if (this.chat.touch.matches) this.chat.title.focus();
    else this.chat.focus();
    this.chat.seeEnd();
    this.ui.tell("open");
  }

  show() {
    if (this.small.matches) {
      this.panel.showModal();
      this.overflow = document.documentElement.style.overflow;
      document.documentElement.style.overflow = "hidden";
    } else {
      this.panel.show();
    }
    this.modal = this.small.matches;
    this.measure();
  }

  hide() {
    this.panel.close();
    if (this.modal) document.documentElement.style.overflow = this.overflow;
  }

  close() {
    if (!this.panel.open) return;
    this.hide();
    this.button.setAttribute("aria-expanded", "false");
    const theirs = this.opener?.isConnected ? this.opener : this.trigger && document.querySelector(this.trigger);
    (this.button.hidden && theirs ? theirs : this.button).focus();
    this.ui.tell("close");
  }

  /** The first Escape stops an answer that is being written, the next closes. */
  escape() {
    if (this.chat.running) this.chat.stop();
    else this.close();
  }

  /** From phone to desktop or back while it is open, by turning or by zoom. */
  refit() {
    if (!this.panel.open || this.modal === this.small.matches) return;
    const had = this.panel.getRootNode().activeElement;
    this.hide();
    this.show();
    had?.focus({ preventScroll: true });
  }

  /** A keyboard on glass takes its part of the height. */
  measure() {
    const view = window.visualViewport;
    const keyboard = this.modal && view && innerHeight - view.height > 80;
    if (keyboard) this.panel.style.setProperty("--seen", `${Math.round(view.height)}px`);
    else this.panel.style.removeProperty("--seen");
  }

  /** A reply that nobody has seen: the panel opens at it. */
  hear(id) {
    if (this.panel.open) return;
    this.replied = id;
    this.mark(Boolean(id));
  }

  mark(unread) {
    this.button.hidden = Boolean(this.trigger) && !unread;
    this.button.classList.toggle("unread", unread);
    this.ui.name(this.button, unread ? "launcher_new" : "launcher");
  }
}
