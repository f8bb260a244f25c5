import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

import type { Chromium, Params } from "./chromium.ts";

export interface Look {
  width: number;
  height: number;
  scheme: "light" | "dark";
  /** @default true */
  scripts?: boolean;
}

/** Keys by their DOM name, with the code that Chromium acts on. */
const CODES: Record<string, number> = {
  ...{ Tab: 9, Enter: 13, Escape: 27, " ": 32, End: 35, Home: 36 },
  ...{ ArrowLeft: 37, ArrowUp: 38, ArrowRight: 39, ArrowDown: 40 },
};

/** A file in a tab of its own, with all that the browser complained about or asked the network for. */
export class BrowserPage {
  readonly complaints: string[] = [];
  readonly requests: string[] = [];
  private readonly browser: Chromium;
  private readonly session: string;
  private loaded: () => void = () => {};

  private constructor(browser: Chromium, session: string) {
    this.browser = browser;
    this.session = session;
  }

  static async open(browser: Chromium, file: string, look: Look): Promise<BrowserPage> {
    const { targetId } = await browser.call("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await browser.call("Target.attachToTarget", { targetId, flatten: true });
    const page = new BrowserPage(browser, sessionId as string);
    browser.on((method, params, session) => session === sessionId && page.heard(method, params));
    for (const domain of ["Page", "Runtime", "Log", "Network"]) await page.call(`${domain}.enable`);
    await page.call("Emulation.setScriptExecutionDisabled", { value: look.scripts === false });
    await page.look(look);
    await page.call("Page.bringToFront");
    const loaded = new Promise<void>((resolve) => (page.loaded = resolve));
    await page.call("Page.navigate", { url: pathToFileURL(file).href });
    await loaded;
    return page;
  }

  private heard(method: string, params: Params): void {
    if (method === "Page.loadEventFired") this.loaded();
    if (method === "Network.requestWillBeSent") this.requests.push((params.request as { url: string }).url);
    if (method === "Log.entryAdded") this.complaints.push((params.entry as { text: string }).text);
    if (method === "Runtime.exceptionThrown") this.complaints.push(JSON.stringify(params.exceptionDetails));
    if (method === "Runtime.consoleAPICalled") this.complaints.push(JSON.stringify(params.args));
  }

  call(method: string, params: Params = {}): Promise<Params> {
    return this.browser.call(method, params, this.session);
  }

  async look({ width, height, scheme }: Omit<Look, "scripts">): Promise<void> {
    await this.call("Emulation.setDeviceMetricsOverride", {
      ...{ width, height, deviceScaleFactor: 1, mobile: width < 600 },
    });
    await this.call("Emulation.setEmulatedMedia", {
      features: [{ name: "prefers-color-scheme", value: scheme }],
    });
  }

  /** The value of an expression in the page; promises are awaited. */
  async evaluate(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.call("Runtime.evaluate", {
      ...{ expression, returnByValue: true, awaitPromise: true },
    });
    if (exceptionDetails) throw new Error(`in the page: ${JSON.stringify(exceptionDetails)}`);
    return (result as { value?: unknown }).value;
  }

  async press(key: string, modifiers: { shift?: boolean } = {}): Promise<void> {
    const common = {
      key,
      code: key,
      windowsVirtualKeyCode: CODES[key] ?? 0,
      modifiers: modifiers.shift ? 8 : 0,
    };
    const text = key === "Enter" ? { text: "\r" } : key === " " ? { text: " " } : {};
    await this.call("Input.dispatchKeyEvent", {
      type: text.text ? "keyDown" : "rawKeyDown",
      ...common,
      ...text,
    });
    await this.call("Input.dispatchKeyEvent", { type: "keyUp", ...common });
  }

  /** Saves the window as a PNG, or all of the page. */
  async screenshot(file: string, whole = false): Promise<void> {
    const { data } = await this.call("Page.captureScreenshot", {
      format: "png",
      captureBeyondViewport: whole,
    });
    writeFileSync(file, Buffer.from(data as string, "base64"));
  }
}
