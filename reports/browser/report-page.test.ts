import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { pathToFileURL } from "node:url";

import axe from "axe-core";
import { expect } from "chai";

import { compareRuns } from "../../harness/compare/compare.ts";
import { judge } from "../../harness/judge/judge.ts";
import { loadObjectives } from "../../harness/judge/objective.ts";
import { projectFile } from "../../harness/project.ts";
import { htmlReport } from "../html-report.ts";
import { filesOf } from "../html/testing.ts";
import { wholeRun } from "../testing.ts";
import { BrowserPage, type Look } from "./browser-page.ts";
import { Chromium, findChromium } from "./chromium.ts";

const DESKTOP: Look = { width: 1280, height: 800, scheme: "light" };
const PHONE: Look = { width: 390, height: 844, scheme: "light" };

/** What can be operated, in order: of a group of radio buttons the one that is chosen. */
const INTERACTIVE = `[...document.querySelectorAll("a[href], summary, input:checked, [tabindex='0']")]
  .filter((one) => one.checkVisibility())`;
const NAMED = `((one) => one.textContent.trim().slice(0, 40) || one.value || one.getAttribute("aria-label"))`;

const program = findChromium();

describe("the report in a real browser", function () {
  this.timeout(60_000);
  if (program === undefined)
    return void it("was not tried: there is no Chromium on PATH, and EDGEPROOF_CHROMIUM names none");

  let folder: string;
  let file: string;
  let text: string;
  let browser: Chromium;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "edgeproof-page-"));
    const run = wholeRun(4);
    const base = { ...wholeRun(4), header: { ...run.header, id: "before" } };
    const objectives = loadObjectives(projectFile("fixtures", "objectives", "quickstart.yaml"));
    text = htmlReport(run, judge(run, objectives), {
      run: base,
      compared: compareRuns(base, run, { effect: 0.05, seed: 1 }),
    });
    file = join(folder, "report.html");
    writeFileSync(file, text);
    browser = new Chromium(program);
  });
  after(async () => {
    await browser[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });
  const open = (look: Look) => BrowserPage.open(browser, file, look);
  const focused = (page: BrowserPage) => page.evaluate(`${NAMED}(document.activeElement)`);

  it("complains about nothing and asks the network for nothing, light and dark", async () => {
    for (const scheme of ["light", "dark"] as const) {
      const page = await open({ ...DESKTOP, scheme });
      expect(page.complaints).to.deep.equal([]);
      expect(page.requests).to.deep.equal([pathToFileURL(file).href]);
      const ground = await page.evaluate("getComputedStyle(document.body).backgroundColor");
      expect(ground).to.equal(scheme === "light" ? "rgb(255, 255, 255)" : "rgb(20, 23, 26)");
    }
  });

  it("is as wide as a phone, on which only tables and charts scroll sideways", async () => {
    for (const width of [390, 320]) {
      const page = await open({ ...PHONE, width });
      expect(await page.evaluate("document.documentElement.scrollWidth"), `${width} px`).to.be.at.most(width);
      const wide = "document.querySelector('.chart:not(.small)')";
      expect(await page.evaluate(`${wide}.scrollWidth > ${wide}.clientWidth`)).to.equal(true);
    }
  });

  it("has the verdicts in the first window of a phone", async () => {
    const page = await open(PHONE);
    const top = "document.querySelector('td.verdict').getBoundingClientRect().top";
    expect(await page.evaluate(top)).to.be.below(300);
  });

  it("is walked through by the tab key alone, every stop visible", async () => {
    const page = await open(DESKTOP);
    const wanted = (await page.evaluate(`${INTERACTIVE}.map(${NAMED})`)) as string[];
    expect(wanted.length).to.be.above(20);
    const seen: unknown[] = [];
    for (const _stop of wanted) {
      await page.press("Tab");
      seen.push(await focused(page));
      const outline = "getComputedStyle(document.activeElement)";
      const drawn = await page.evaluate(`[${outline}.outlineStyle, parseFloat(${outline}.outlineWidth)]`);
      expect(drawn, String(seen.at(-1))).to.deep.equal(["solid", 3]);
    }
    expect(seen).to.deep.equal(wanted);
  });

  it("begins with a link that skips to the result", async () => {
    const page = await open(DESKTOP);
    await page.press("Tab");
    expect(await focused(page)).to.equal("Skip to the result");
    expect(await page.evaluate("document.activeElement.getBoundingClientRect().top")).to.be.at.least(0);
    await page.press("Enter");
    expect(await page.evaluate("document.activeElement.id")).to.equal("main");
  });

  it("tells what is in a chart by arrow keys, in a tooltip and to who cannot see it", async () => {
    const page = await open(DESKTOP);
    await page.evaluate("document.querySelector('[aria-label^=\"Load, latency\"].chart').focus()");
    const tip = () =>
      page.evaluate(
        "(({ hidden, textContent }) => hidden ? '' : textContent)(document.querySelector('.tip'))",
      );
    await page.press("Home");
    expect(await tip()).to.match(/^0 s: 40\/s offered, [\d.]+\/s completed; p50 /);
    await page.press("ArrowRight");
    expect(await tip()).to.match(/^1 s: 40\/s offered/);
    expect(await page.evaluate("document.querySelector('[aria-live]').textContent")).to.equal(await tip());
    await page.press("ArrowUp");
    expect(await tip()).to.match(/^phase baseline, profile lcl|^wan-typ, in force/);
    await page.press("Escape");
    expect(await tip()).to.equal("");
  });

  it("shows a tooltip under the pointer", async () => {
    const page = await open(DESKTOP);
    // A scroll hides the tooltip, and is told with the next frame only.
    const place = (await page.evaluate(`(async () => {
      const chart = document.querySelector('[aria-label^="Load, latency"].chart');
      const scrolled = new Promise((resolve) => addEventListener("scroll", resolve, { once: true }));
      chart.scrollIntoView({ block: "center" });
      await scrolled;
      const { left, top, width, height } = chart.getBoundingClientRect();
      return [left + width / 8, top + height / 3];
    })()`)) as [number, number];
    await page.call("Input.dispatchMouseEvent", { type: "mouseMoved", x: place[0], y: place[1] });
    const tip = await page.evaluate("document.querySelector('.tip:not([hidden])')?.textContent");
    expect(tip).to.match(/^\d+ s: /);
  });

  for (const scripts of [true, false])
    it(`switches between axes and views by arrow keys, ${scripts ? "with" : "without"} scripts`, async () => {
      const page = await open({ ...DESKTOP, scripts });
      const call = async (expression: string): Promise<unknown> => {
        await page.call("Emulation.setScriptExecutionDisabled", { value: false });
        const value = await page.evaluate(expression);
        await page.call("Emulation.setScriptExecutionDisabled", { value: !scripts });
        return value;
      };
      const shown = () =>
        call(`[...new Set([...document.querySelectorAll(".view")]
          .filter((one) => one.checkVisibility()).map((one) => one.className))]`);
      expect(await shown()).to.deep.equal(["view ecdf log"]);
      await call("document.querySelector('[name=axis]').focus()");
      await page.press("ArrowRight");
      expect(await shown()).to.deep.equal(["view ecdf linear"]);
      await call("document.querySelector('[name=view]').focus()");
      await page.press("ArrowRight");
      expect(await shown()).to.deep.equal(["view histogram linear"]);
    });

  it("saves the data of a plot, without a script", async () => {
    const page = await open({ ...DESKTOP, scripts: false });
    await browser.call("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: folder });
    const { root } = await page.call("DOM.getDocument");
    const { nodeId } = await page.call("DOM.querySelector", {
      ...{ nodeId: (root as { nodeId: number }).nodeId, selector: "[download='timeline.csv']" },
    });
    await page.call("DOM.focus", { nodeId });
    await page.press("Enter");
    const saved = join(folder, "timeline.csv");
    for (let waited = 0; !existsSync(saved) && waited < 5000; waited += 50) await delay(50);
    expect(readFileSync(saved, "utf8")).to.equal(filesOf(text).get("timeline.csv"));
  });

  for (const look of [{ ...DESKTOP, scheme: "dark" }, PHONE] as Look[])
    it(`has no fault that axe-core knows of, ${look.scheme} and ${look.width} px wide`, async () => {
      const page = await open(look);
      await page.evaluate(axe.source);
      const found =
        await page.evaluate(`axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
        violations.map(({ id, nodes }) => id + ": " + nodes.slice(0, 3).map(({ html, failureSummary }) => html.slice(0, 200) + failureSummary).join(" | ")))`);
      expect(found).to.deep.equal([]);
    });
});
