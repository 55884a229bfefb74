// The host's colour, made readable: text in it stands at least 4.5:1 on our grounds, light and dark.

const ENOUGH = 4.6;
const GROUNDS = { light: "#fffdf9", dark: "#1c2224" };

const parts = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
const hexOf = (rgb) => `#${rgb.map((one) => Math.round(one).toString(16).padStart(2, "0")).join("")}`;
const mixed = (a, b, share) => hexOf(parts(a).map((one, at) => one * share + parts(b)[at] * (1 - share)));

function luminance(hex) {
  const [r, g, b] = parts(hex).map((one) => {
    const part = one / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function contrast(a, b) {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

function shades(accent, theme, ground = GROUNDS[theme]) {
  const far = theme === "dark" ? "#ffffff" : "#000000";
  const wash = mixed(accent, ground, theme === "dark" ? 0.16 : 0.1);
  let shade = accent;
  for (let share = 1; share > 0 && contrast(shade, wash) < ENOUGH; share -= 0.04) shade = mixed(accent, far, share);
  const ink = contrast("#ffffff", shade) >= contrast("#101414", shade) ? "#ffffff" : "#101414";
  return `--accent:${shade};--accent-strong:${mixed(shade, far, 0.8)};--accent-ink:${ink};--wash:${wash}`;
}

const HEX = /^#[0-9a-f]{6}$/i;

/** light or dark: in which of the two a ground can be read on; null for what is no colour #rrggbb. */
export function themeOf(ground) {
  return HEX.test(ground ?? "") ? (luminance(ground) < 0.2 ? "dark" : "light") : null;
}

/** Style rules for the ground of a site, on which our ink stands at least 7:1, and for its letters. */
export function groundRules(ground, font) {
  let rules = "";
  const theme = themeOf(ground);
  if (theme) {
    const [ink, far] = theme === "dark" ? ["#e4e6e1", "#000000"] : ["#1f2729", "#ffffff"];
    let paper = ground;
    for (let share = 1; share > 0 && contrast(ink, paper) < 8; share -= 0.05) paper = mixed(ground, far, share);
    rules += `--paper:${paper};--sheet:${mixed(paper, theme === "dark" ? "#ffffff" : "#ffffff", theme === "dark" ? 0.94 : 0.4)};`;
  }
  const face = (font ?? "").replace(/[^\w\s,"'\u0080-\uffff-]/g, "").trim();
  if (face) rules += `--sans:${face},system-ui,sans-serif;--serif:${face},system-ui,sans-serif;`;
  return rules && `:host,:host([data-theme]){${rules}}`;
}

/** What a page wears: its colour scheme, where it names one, else the ground that it is drawn on. */
export function themeOfPage() {
  const named = document.documentElement.dataset.theme ?? document.documentElement.dataset.bsTheme;
  if (named === "light" || named === "dark") return named;
  const scheme = getComputedStyle(document.documentElement).colorScheme;
  if (scheme === "light" || scheme === "dark") return scheme;
  for (const one of [document.body, document.documentElement]) {
    const found = /^rgba?\((\d+), (\d+), (\d+)(?:, ([\d.]+))?\)$/.exec(getComputedStyle(one).backgroundColor);
    if (found && Number(found[4] ?? 1) > 0.5) return themeOf(hexOf(found.slice(1, 4).map(Number)));
  }
  // No ground of its own: the browser draws one, of the system's where the page is made for both.
  return /\bdark\b/.test(scheme) && matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Style rules for a colour #rrggbb; none for anything else. */
export function accentRules(accent) {
  if (!HEX.test(accent ?? "")) return "";
  const dark = shades(accent, "dark");
  return `:host{${shades(accent, "light")}}`
    + `@media (prefers-color-scheme:dark){:host(:not([data-theme="light"])){${dark}}}`
    + `:host([data-theme="dark"]){${dark}}`;
}
