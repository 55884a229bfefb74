// Where the newest turn stands: its question at the top, with room below for the answer to grow in.

const MOVES = ["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End", " "];
const LEAD = 0.35; // of the view: what a long question may take of it

export class View {
  /** `pageScrolls`: the page moves; else only `scroller` may. */
  constructor(scroller, pageScrolls) {
    this.scroller = scroller;
    this.pageScrolls = pageScrolls;
    this.held = null; // the turn that stands at the top until the reader moves
    const free = () => (this.held = null);
    const where = pageScrolls ? document : scroller;
    for (const name of ["wheel", "touchmove"]) where.addEventListener(name, free, { passive: true });
    where.addEventListener("keydown", (event) => {
      if (MOVES.includes(event.key) && !event.composedPath()[0].matches?.("textarea, input")) free();
    });
    scroller.addEventListener("pointerdown", (event) => event.target === scroller && free()); // its bar
  }

  /** Puts a turn at the top and keeps it there; of a long question only the end, so that the answer is seen. */
  hold(turn) {
    this.held = turn;
    const height = this.pageScrolls ? innerHeight : this.scroller.clientHeight;
    const lead = turn.querySelector(".reply").getBoundingClientRect().top - turn.getBoundingClientRect().top;
    const over = Math.max(0, Math.round(lead - height * LEAD));
    turn.closest(".kw")?.style.setProperty("--over", `${over}px`); // that much more room below
    // At once: a smooth movement is still under way when most answers come, and would end elsewhere.
    const behavior = "instant";
    const top = turn.getBoundingClientRect().top + over - 8;
    if (this.pageScrolls) scrollTo({ top: scrollY + top, behavior });
    else {
      const { scroller } = this;
      scroller.scrollTo({ top: scroller.scrollTop + top - scroller.getBoundingClientRect().top, behavior });
    }
  }

  /** Once more, after something that may have moved it; nothing where the reader has moved since. */
  settle() {
    if (this.held?.isConnected) this.hold(this.held);
  }

  toTop() {
    this.held = null;
    if (this.pageScrolls) scrollTo({ top: 0 });
    else this.scroller.scrollTop = 0;
  }

  /** True when the turn begins below what is seen. */
  isBelow(turn) {
    return turn.getBoundingClientRect().top > this.scroller.getBoundingClientRect().bottom - 40;
  }
}
