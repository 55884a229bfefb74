// Puts the widget into the page that loads it.

import { KewenChat } from "./element.js";

const SETTINGS = [
  "site", "mode", "language", "theme", "accent", "ground", "font", "logo", "greeting", "position", "height", "questions", "context",
  "name", "trigger", "shortcut", "search", "open",
];

function boot() {
  const script = document.currentScript ?? document.querySelector('script[src*="/widget.js"]');
  const server = new URL(".", script.src).href.replace(/\/$/, "");
  if (!customElements.get("kewen-chat")) {
    // Elements written into the page need not name the server that the script came from.
    customElements.define("kewen-chat", class extends KewenChat {
      connectedCallback() {
        if (!this.hasAttribute("server")) this.setAttribute("server", server);
        super.connectedCallback();
      }
    });
  }
  if (script.dataset.site === undefined) return;
  const element = document.createElement("kewen-chat");
  element.setAttribute("server", server);
  for (const name of SETTINGS) {
    if (script.dataset[name] !== undefined) element.setAttribute(name, script.dataset[name]);
  }
  const inline = script.dataset.mode === "inline";
  const place = () => {
    if (inline && script.dataset.target) document.querySelector(script.dataset.target)?.append(element);
    else if (inline && script.isConnected && script.parentNode !== document.head) script.after(element);
    else document.body.append(element);
  };
  // The same line pasted twice is still one button.
  const twin = `kewen-chat[site="${CSS.escape(script.dataset.site)}"]:not([mode="inline"])`;
  const placeOnce = () => (inline || !document.querySelector(twin)) && place();
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", placeOnce);
  else placeOnce();
}

boot();
