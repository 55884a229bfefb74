// <kewen-chat>: the widget as an element. Attributes in, events out, everything else inside its shadow root.

import { Chat } from "./chat.js";
import { Client, Refusal, Unlisted } from "./client.js";
import { Dom, webAddress } from "./dom.js";
import { History } from "./history.js";
import { Launcher } from "./launcher.js";
import { accentRules, groundRules, themeOf, themeOfPage } from "./look.js";
import { SHEET } from "./styles.js";
import { Subject } from "./subject.js";
import { pageLanguage, Texts } from "./texts.js";
import { Waiting } from "./waiting.js";

const MODES = ["launcher", "inline", "page"];
const CHOSEN = "kewen.language";
let shared; // the style sheet of all widgets of this page

export class KewenChat extends HTMLElement {
  static get observedAttributes() {
    return ["language", "theme", "accent", "ground", "font", "position", "questions", "height"];
  }

  connectedCallback() {
    if (this.frame) return;
    const site = this.getAttribute("site");
    this.mode = MODES.includes(this.getAttribute("mode")) ? this.getAttribute("mode") : "launcher";
    this.site = null; // what the server tells of the site
    this.ui = new Dom(new Texts(this.wantedLanguage()), this.getAttribute("server") ?? "");
    this.ui.client = new Client(this.ui.base, site, () => this.ui.language);
    this.ui.questions = this.ownQuestions();
    this.ui.tell = (name, detail) => this.dispatchEvent(new CustomEvent(`kewen:${name}`, { detail, bubbles: true, composed: true }));
    const twins = [...document.querySelectorAll("kewen-chat")].filter((one) => one.frame && one.getAttribute("site") === site).length;
    this.history = new History([site, twins || null].filter(Boolean).join("."));
    const root = this.attachShadow({ mode: "open" });
    this.frame = this.ui.el("div", { class: "kw", "data-mode": this.mode });
    root.append(this.frame);
    this.dress(root);
    if (this.mode === "launcher") {
      this.launcher = new Launcher(this.ui, (close) => this.makeChat(close));
      this.frame.append(...this.launcher.nodes);
      this.launcher.obey(this.getAttribute("trigger"), this.getAttribute("shortcut"));
      this.waiting = new Waiting(this.ui.client, this.history, (id) => this.launcher.hear(id));
      this.stack();
    } else {
      this.frame.append(this.makeChat(null).node);
    }
    this.speak(this.ui.language);
    this.unfoldOnPaper();
    if (this.hasAttribute("open")) this.open();
    // A page that changes its language takes the widget along.
    new MutationObserver(() => this.hasOwnLanguage() || this.speak(this.wantedLanguage()))
      .observe(document.documentElement, { attributes: true, attributeFilter: ["lang"] });
    this.followPage();
    this.ui.tell("ready");
  }

  /** theme="page": light or dark as the page is, now and when that changes. */
  followPage() {
    const again = () => this.getAttribute("theme") === "page" && this.colour();
    new MutationObserver(again).observe(document.documentElement, { attributes: true });
    new MutationObserver(again).observe(document.body, { attributes: true, attributeFilter: ["class", "style", "data-theme"] });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  }

  attributeChangedCallback(name) {
    if (!this.frame) return;
    if (name === "language") this.speak(this.wantedLanguage());
    else if (name === "questions") {
      this.ui.questions = this.ownQuestions();
      this.chat?.welcome.show();
    } else this.colour();
  }

  open() {
    return this.launcher?.open();
  }

  close() {
    this.launcher?.close();
  }

  /** Asks as if the visitor had typed it. */
  async ask(question) {
    await this.open();
    return this.chat.submit(question);
  }

  makeChat(close) {
    const page = this.mode === "page";
    const chat = new Chat(this.ui, this.history, null, {
      heading: !page, close, pageScrolls: page,
    });
    this.chat = chat;
    this.frame.append(chat.reader.dialog);
    chat.switcher?.addEventListener("click", () => this.choose(this.ui.language === "zh" ? "en" : "zh"));
    this.entitle();
    chat.composer.giveBack(this.getAttribute("draft") ?? "");
    if (this.getAttribute("search") === "first") queueMicrotask(() => chat.showSearch(true));
    if (this.getAttribute("search") === "off" && chat.searchButton) chat.searchButton.hidden = true;
    const prepared = this.prepare(chat);
    if (this.hasAttribute("context")) chat.looking = prepared;
    chat.restoring = prepared.then(() => chat.restore());
    if (page && !chat.touch.matches) queueMicrotask(() => chat.focus());
    return chat;
  }

  /** What the server knows: the site's own words, the record of this page. */
  async prepare(chat) {
    try {
      this.site = await this.ui.client.open();
      this.obey();
      const about = this.getAttribute("context");
      const subject = about && !this.history.current ? await Subject.of(this.ui.client, about) : null;
      if (subject) chat.talkAbout(subject);
    } catch (error) {
      const refused = error instanceof Unlisted || ["site_unknown", "origin_not_allowed"].includes(error.code);
      if (refused) chat.refuse(error);
      // A record that is not there leaves an ordinary widget; a lost line is told when something is asked.
      else if (!(error instanceof Refusal)) chat.composer.show();
    }
  }

  /** Attributes of the page come before what the registry says of the site. */
  obey() {
    if (!this.site) return;
    this.ui.questions = this.ownQuestions();
    const { languages } = this.site;
    if (this.chat.switcher) this.chat.switcher.hidden = languages.length < 2;
    if (!languages.includes(this.ui.language)) this.speak(languages[0]);
    this.colour();
    this.entitle();
    this.chat.welcome.show();
  }

  entitle() {
    this.chat?.welcome.greet(this.getAttribute("greeting"));
    const given = this.getAttribute("logo");
    // An address, or a path within the site; other words are none.
    const logo = given && /^(https?:|\.{0,2}\/)/i.test(given) ? webAddress(given, document.baseURI) : null;
    if (logo) this.chat?.showLogo(logo.href);
    const title = this.getAttribute("name") || this.site?.look.title;
    if (!title || !this.chat?.title) return;
    delete this.chat.title.dataset.text;
    this.chat.title.textContent = title;
  }

  ownQuestions() {
    const given = (this.getAttribute("questions") ?? "").split("|").map((one) => one.trim()).filter(Boolean);
    return given.length ? given.slice(0, 6) : this.site?.look.questions ?? [];
  }

  hasOwnLanguage() {
    return ["zh", "en"].includes(this.getAttribute("language")) || Boolean(this.chosen);
  }

  wantedLanguage() {
    const given = this.getAttribute("language");
    if (given === "zh" || given === "en") return given;
    try {
      this.chosen = this.chosen ?? localStorage.getItem(CHOSEN);
    } catch {
      // Storage may be forbidden; then the choice lasts as long as the page.
    }
    return ["zh", "en"].includes(this.chosen) ? this.chosen : pageLanguage(this);
  }

  choose(language) {
    this.chosen = language;
    try {
      localStorage.setItem(CHOSEN, language);
    } catch {
      // as above
    }
    this.speak(language);
  }

  speak(language) {
    this.ui.texts.language = language;
    this.frame.lang = language === "zh" ? "zh-CN" : "en";
    this.ui.translate(this.frame);
    this.chat?.translate();
    this.chat?.welcome.greet(this.getAttribute("greeting"));
    if (this.chat?.switcher) {
      this.chat.switcher.lang = language === "zh" ? "en" : "zh-CN";
      this.ui.name(this.chat.switcher, "switch_language");
    }
  }

  /** Sheets that a strict content security policy of the page has no say in. */
  dress(root) {
    if (root.adoptedStyleSheets && CSSStyleSheet.prototype.replaceSync) {
      if (!shared) {
        shared = new CSSStyleSheet();
        shared.replaceSync(SHEET);
      }
      this.sheet = new CSSStyleSheet();
      root.adoptedStyleSheets = [shared, this.sheet];
    } else {
      root.prepend(this.ui.el("link", { rel: "stylesheet", href: `${this.ui.base}/widget.css` }));
    }
    this.colour();
  }

  colour() {
    const look = this.site?.look;
    // What stands on a ground of the site's own must be readable on it, whatever else is said.
    const given = themeOf(this.getAttribute("ground")) ?? this.getAttribute("theme") ?? look?.theme;
    const theme = given === "page" ? themeOfPage() : given;
    if (theme === "light" || theme === "dark") this.setAttribute("data-theme", theme);
    else if (this.site || this.hasAttribute("theme")) this.removeAttribute("data-theme");
    this.frame.dataset.position = (this.getAttribute("position") ?? look?.position) === "left" ? "left" : "right";
    // The size of letters that the reader has set, not what the page makes of it.
    const probe = document.createElement("span");
    probe.style.fontSize = "medium";
    this.frame.append(probe);
    const rem = getComputedStyle(probe).fontSize;
    probe.remove();
    const own = groundRules(this.getAttribute("ground"), this.getAttribute("font"));
    this.sheet?.replaceSync(`:host{--rem:${rem}}${accentRules(this.getAttribute("accent") ?? look?.accent)}${own}`);
    const height = /^\d+$/.test(this.getAttribute("height") ?? "") ? `${this.getAttribute("height")}px` : this.getAttribute("height");
    if (height && this.mode === "inline") this.style.height = height;
    if (height && this.launcher) this.launcher.panel.style.height = height;
  }

  /** Sources and steps are printed too: on paper nothing can be unfolded. */
  unfoldOnPaper() {
    let unfolded = [];
    addEventListener("beforeprint", () => {
      unfolded = [...this.frame.querySelectorAll("details:not([open])")];
      for (const one of unfolded) one.open = true;
    });
    addEventListener("afterprint", () => {
      for (const one of unfolded) one.open = false;
    });
  }

  /** Launchers in one corner stand above each other. */
  stack() {
    const others = [...document.querySelectorAll("kewen-chat")].filter((one) =>
      one !== this && one.launcher && one.frame.dataset.position === this.frame.dataset.position);
    if (others.length) this.frame.style.setProperty("--above", String(others.length));
  }
}
