import { mkdirSync } from "node:fs";
import { join } from "node:path";
import axe from "axe-core";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
  chromium,
} from "playwright-core";
import { expect } from "vitest";
import type { LedgerEntry } from "../../../src/cli/demo/simulator-client.ts";
import { type TestStage, startTestStage } from "../../support/stage.ts";
import { findBrowser } from "./find-browser.ts";

/** A whole system, and a browser to visit it with. One for all tests of a file. */
export interface BrowserStage extends TestStage {
  /**
   * A visitor with nothing stored, who goes again at the end. Fails where the browser met an error
   * that `isExpected` does not expect.
   */
  visit(visiting: Visiting, story: (visitor: Visitor) => Promise<void>): Promise<void>;
  /** What the simulator booked, of this customer alone where one is named. */
  ledger(kind: LedgerEntry["kind"], customerId?: string): Promise<LedgerEntry[]>;
}

export interface Visiting {
  size: SizeName;
  /** The visitor's language; Korean where none is named. */
  locale?: "ko-KR" | "en-US";
  /** User and password for the administration. */
  login?: { username: string; password: string };
  isExpected?: (fault: string) => boolean;
}

export interface Visitor {
  page: Page;
  /** Every address that the browser asked for. */
  urls: readonly string[];
  go: (path: string) => Promise<void>;
  /** A picture of the whole page, or of a layer over it, where SCREENSHOTS_DIR wants them. */
  shoot: (name: string) => Promise<void>;
  /** Nothing on the page keeps anybody out, as far as axe-core can tell. */
  expectAccessible: () => Promise<void>;
}

const SIZES = {
  pc: { viewport: { width: 1280, height: 800 } },
  phone: {
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
    userAgent:
      "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36",
  },
} as const satisfies Record<string, BrowserContextOptions>;

export type SizeName = keyof typeof SIZES;
export const SIZE_NAMES = Object.keys(SIZES) as SizeName[];

/** Longest time for anything on a page: far more than it takes, for machines with much to do. */
const PATIENCE_MS = 60_000;

/**
 * A browser leaves little of a machine to others. What is unknown for want of a moment stays so where
 * the gateway cannot be asked: calls have the time that they have in production.
 */
const PATIENT = {
  CHARGE_CALL_DEADLINE_MS: "20000",
  CHARGE_CONNECT_TIMEOUT_MS: "10000",
  CHARGE_TOKEN_TIMEOUT_MS: "15000",
  CHARGE_LEASE_MARGIN_MS: "5000",
  CHARGE_LEASE_MS: "45000",
  CHARGE_LOCK_MS: "60000",
  SETTLE_DELAY_MS: "90000",
};

export async function startBrowserStage(
  settings: Record<string, string> = {},
): Promise<BrowserStage> {
  const [stage, browser] = await Promise.all([
    startTestStage({ GATEWAYS: "cookiepay,kiwoompay,portone,payup", ...PATIENT, ...settings }),
    launch(),
  ]);
  return {
    ...stage,
    visit: (visiting, story) => visit(stage, browser, visiting, story),
    async ledger(kind, customerId) {
      const entries = await stage.simulator.ledger({ kind });
      return entries.filter(({ buyerId }) => customerId === undefined || buyerId === customerId);
    },
    async close() {
      await browser.close();
      await stage.close();
    },
  };
}

function launch(): Promise<Browser> {
  const executablePath = findBrowser(process.env);
  if (executablePath === null) throw new Error("no browser: install chromium");
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}

async function visit(
  stage: TestStage,
  browser: Browser,
  visiting: Visiting,
  story: (visitor: Visitor) => Promise<void>,
): Promise<void> {
  const { size, locale = "ko-KR", login, isExpected = () => false } = visiting;
  const context = await browser.newContext({
    ...SIZES[size],
    locale,
    baseURL: stage.apiUrl,
    ...(login === undefined ? {} : { httpCredentials: login }),
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const faults = watchFaults(context);
  const page = await context.newPage();
  const urls: string[] = [];
  page.on("request", (request) => void urls.push(request.url()));
  try {
    await story({
      page,
      urls,
      go: async (path) => void (await page.goto(path)),
      shoot: (name) => shoot(page, `${name}-${size}-${locale.slice(0, 2)}`),
      expectAccessible: () => expectAccessible(page),
    });
    expect(faults.filter((fault) => !isExpected(fault))).toEqual([]);
  } finally {
    await context.close();
  }
}

/** What a browser complains of. A call of the API that is refused is shown by the page itself. */
function watchFaults(context: BrowserContext): string[] {
  const faults: string[] = [];
  context.on("weberror", (error) => void faults.push(`page error: ${error.error().message}`));
  context.on("console", (message) => {
    if (message.type() !== "error") return;
    const { url } = message.location();
    const isRefusal = /responded with a status of 4\d\d/.test(message.text());
    if (isRefusal && /^\/(billing|easypay)\//.test(new URL(url).pathname)) return;
    faults.push(`${message.text()} (${url})`);
  });
  return faults;
}

async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env["SCREENSHOTS_DIR"];
  if (folder === undefined || folder === "") return;
  mkdirSync(folder, { recursive: true });
  // A layer lies over what can be seen of the page, so that the rest of it would look odd.
  const fullPage = (await page.locator("dialog[open]").count()) === 0;
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage, scale: "css" });
}

async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>("axe.run()");
  const told = violations.map(({ id, help, nodes }) => ({
    id,
    help,
    where: nodes.map(({ html }) => html),
  }));
  expect(told).toEqual([]);
}
