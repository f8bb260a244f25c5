/**
 * The page is whole without it: charts have titles, switches are radio buttons, files are links. With it, what is in a
 * chart can be walked through by arrow keys, a tooltip comes at once, and what it says is read out.
 */
export const interaction = `
"use strict";
(() => {
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true");
  const told = document.createElement("p");
  told.className = "hidden";
  told.setAttribute("aria-live", "polite");
  document.body.append(tip, told);
  const texts = new Map();
  let current;

  const hide = () => {
    tip.hidden = true;
    current?.classList.remove("at");
    current = null;
  };
  const show = (item, at) => {
    current?.classList.remove("at");
    current = item;
    item.classList.add("at");
    tip.textContent = texts.get(item);
    tip.hidden = false;
    const box = item.getBoundingClientRect();
    const own = tip.getBoundingClientRect();
    const x = at ? at.clientX : box.left + box.width / 2;
    const y = at ? at.clientY : Math.max(0, box.top);
    tip.style.left = Math.max(4, Math.min(innerWidth - own.width - 4, x + 12)) + "px";
    tip.style.top = (y - own.height - 12 < 4 ? y + 20 : y - own.height - 12) + "px";
  };
  const middle = (item) => {
    const { left, width } = item.getBoundingClientRect();
    return left + width / 2;
  };

  for (const chart of document.querySelectorAll(".chart")) {
    const rows = [...chart.querySelectorAll("[data-row]")]
      .map((row) => [...row.querySelectorAll("title")].map((title) => {
        const item = title.parentNode;
        texts.set(item, title.textContent.replace(/\\s+/g, " ").trim());
        title.remove();
        return item;
      }))
      .filter((row) => row.length > 0);
    if (rows.length === 0) continue;
    chart.setAttribute("role", "application");
    chart.setAttribute("aria-roledescription", "chart");
    chart.setAttribute("aria-label", chart.getAttribute("aria-label") + ". Arrow keys walk through it.");
    let row = rows.reduce((best, one, index) => (one.length > rows[best].length ? index : best), 0);
    let column = 0;
    const go = () => {
      const item = rows[row][column];
      const box = item.getBoundingClientRect();
      const view = chart.getBoundingClientRect();
      if (box.left < view.left || box.right > view.right) chart.scrollLeft += middle(item) - (view.left + view.width / 2);
      show(item);
      told.textContent = texts.get(item);
    };
    const turn = (next) => {
      const at = middle(rows[row][column]);
      row = next;
      column = rows[row].reduce(
        (best, item, index) => (Math.abs(middle(item) - at) < Math.abs(middle(rows[row][best]) - at) ? index : best), 0);
    };
    chart.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const last = rows[row].length - 1;
      if (event.key === "Escape") return hide();
      else if (event.key === "ArrowRight") column = current ? Math.min(last, column + 1) : column;
      else if (event.key === "ArrowLeft") column = Math.max(0, column - 1);
      else if (event.key === "Home") column = 0;
      else if (event.key === "End") column = last;
      else if (event.key === "ArrowDown" && row < rows.length - 1) turn(row + 1);
      else if (event.key === "ArrowUp" && row > 0) turn(row - 1);
      else if (event.key !== "Enter") return;
      event.preventDefault();
      go();
    });
    chart.addEventListener("blur", hide);
    chart.addEventListener("focus", () => { if (chart.matches(":focus-visible")) go(); });
    const under = (event) => {
      for (let item = event.target; item && item !== chart; item = item.parentNode) if (texts.has(item)) return item;
    };
    chart.addEventListener("pointermove", (event) => {
      const item = under(event);
      if (!item) return hide();
      row = rows.findIndex((one) => one.includes(item));
      column = rows[row].indexOf(item);
      show(item, event);
    });
    chart.addEventListener("pointerleave", hide);
  }

  // What does not scroll needs no stop of the tab key, but a chart that can be walked through.
  const stops = () => {
    for (const box of document.querySelectorAll(".wide, .chart")) {
      if (box.scrollWidth > box.clientWidth || box.getAttribute("role") === "application") box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  };
  stops();
  addEventListener("resize", stops);
  addEventListener("scroll", () => tip.hidden || document.activeElement.classList.contains("chart") || hide(), { passive: true });
})();
`;
