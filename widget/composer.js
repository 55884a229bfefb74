// The box to ask in.

const LIMIT = 2000;
const TALLEST = 180; // px
const SECOND_CLICK_MS = 700; // Stop stands where Ask stood: what is still the click on Ask stops nothing

export class Composer {
  constructor(ui, chat) {
    this.ui = ui;
    this.chat = chat;
    this.box = ui.el("textarea", {
      id: "question", rows: "1", enterkeyhint: "send", autocomplete: "off", "aria-describedby": "hint",
      "data-placeholder": "placeholder", placeholder: ui.t("placeholder"),
    });
    this.send = ui.el("button", { type: "submit", id: "send", part: "send", key: "send" });
    this.halt = ui.el("button", {
      type: "button", id: "stop", class: "quiet", key: "stop", hidden: true,
      onclick: (event) => {
        if (event.detail > 0 && event.timeStamp - this.since < SECOND_CLICK_MS) return;
        chat.stop();
        this.focus();
      },
    });
    this.count = ui.el("span", { id: "count", class: "count", hidden: true });
    this.offline = ui.el("p", { id: "offline", class: "offline", role: "alert", hidden: true, key: "offline" });
    this.about = ui.el("p", { class: "about", hidden: true });
    this.node = ui.el("form", { id: "ask", class: "composer", part: "composer", novalidate: true },
      this.offline, this.about,
      ui.el("div", { class: "field" },
        ui.el("label", { for: "question", class: "unseen", key: "question_label" }), this.box, this.send, this.halt),
      ui.el("p", { id: "hint", class: "hint" },
        ui.el("span", {}, ui.el("span", { class: "keys", key: "hint_keys" }), ui.el("span", { key: "hint" })), this.count));
    this.node.addEventListener("submit", (event) => {
      event.preventDefault();
      chat.submit(this.box.value);
    });
    this.box.addEventListener("input", () => this.measure());
    this.box.addEventListener("keydown", (event) => this.pressed(event));
    const online = () => (this.offline.hidden = navigator.onLine);
    addEventListener("online", online);
    addEventListener("offline", online);
    online();
  }

  pressed(event) {
    // While an input method composes, Enter chooses a character.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.chat.submit(this.box.value);
  }

  focus(options = { preventScroll: true }) {
    this.box.focus(options);
  }

  blur() {
    this.box.blur();
  }

  clear() {
    this.box.value = "";
    this.measure();
  }

  /** A question that could not be sent, unless another is being written. */
  giveBack(question) {
    if (this.box.value) return;
    this.box.value = question;
    this.measure();
  }

  busy(is) {
    this.send.hidden = is;
    this.halt.hidden = !is;
    if (is) this.since = performance.now();
  }

  fits(question) {
    const n = [...question].length;
    if (n <= LIMIT) return true;
    this.chat.announce(this.ui.t("too_long", { n, limit: LIMIT }));
    this.count.hidden = false;
    this.ui.say(this.count, "too_long", { n, limit: LIMIT });
    return false;
  }

  /** Grows the box with its text and counts when the limit is near. */
  measure() {
    this.box.style.height = "auto";
    this.box.style.height = `${Math.min(this.box.scrollHeight + 2, TALLEST)}px`;
    const n = [...this.box.value].length;
    this.ui.say(this.count, "count", { n, limit: LIMIT });
    this.count.hidden = n < LIMIT * 0.8;
    this.count.classList.toggle("over", n > LIMIT);
  }

  /** What the first question will be about, until there is one. */
  show() {
    const { ui, chat } = this;
    const name = chat.subject?.name(ui.language);
    this.about.hidden = !name || Boolean(chat.conversation);
    if (this.about.hidden) return;
    const label = ui.el("span");
    ui.say(label, "about", { name });
    const remove = ui.iconButton("close", "about_remove", () => {
      chat.subject.leave();
      this.show();
      chat.welcome.show();
      this.focus();
    });
    ui.name(remove, "about_remove", { name });
    this.about.replaceChildren(label, remove);
  }
}
