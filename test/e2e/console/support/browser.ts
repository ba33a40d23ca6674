/** The console in Debian's Chromium, as a person has it in front of them. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  chromium,
  type Browser,
  type BrowserContext,
  type Locator,
  type Page,
} from 'playwright-core';
import type { TestServer } from '../../../support/running-server';

/** Where the browser is; another one can be named. */
const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const screenshots = path.join(__dirname, '..', 'screenshots');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** @throws Error that says how to get a browser where there is none */
export async function openBrowser(): Promise<Browser> {
  if (!existsSync(executablePath)) {
    throw new Error(
      `There is no Chromium at ${executablePath}. Install it (Debian: apt-get install chromium), ` +
        'or name one by CHROMIUM_PATH: the tests of the console run in a real browser.',
    );
  }
  return chromium.launch({
    executablePath,
    timeout: 200_000,
    args: [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
  });
}

export interface Look {
  width?: number;
  dark?: boolean;
  language?: 'en' | 'zh';
  /** The key to sign in with; that of the first admin by default. Null: nobody signs in. */
  key?: string | null;
  /** True: it outlives the test, and whoever opened it closes it. */
  kept?: boolean;
}

const opened: BrowserContext[] = [];

/** What a test leaves open goes on listening to the server. */
afterEach(async () => {
  for (const context of opened.splice(0)) await context.close();
});

/** A window of its own, signed in, at a page. */
export async function openConsole(
  browser: Browser,
  { url, api }: TestServer,
  at: string,
  { width = 1440, dark = false, language = 'en', key = api.key, kept = false }: Look = {},
): Promise<Page> {
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width, height: width < 768 ? 844 : 900 },
    colorScheme: dark ? 'dark' : 'light',
    locale: language === 'zh' ? 'zh-CN' : 'en-GB',
    // What moves cannot be clicked reliably on a busy machine.
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  if (!kept) opened.push(context);
  if (key !== null) await signIn(context, key);
  const page = await context.newPage();
  page.setDefaultTimeout(90_000);
  await page.goto(at);
  return page;
}

/** By the call that the sign-in page makes. */
async function signIn(context: BrowserContext, key: string): Promise<void> {
  const answer = await context.request.post('/api/v1/session', {
    ...{ data: { key }, timeout: 90_000 },
  });
  if (!answer.ok()) throw new Error(`signing in: ${answer.status()} ${await answer.text()}`);
}

/** Chooses in a select by its label. */
export async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: label }).click();
  await optionsShown(page).filter({ hasText: option }).first().click();
}

/** What the select that is open offers. */
export function optionsShown(page: Page) {
  return page.locator(
    '.ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option',
  );
}

/** Answers the question that stands in the way. */
export async function confirm(page: Page, yes: string): Promise<void> {
  const question = page.locator('.ant-modal-confirm').last();
  await question.getByRole('button', { name: yes }).click();
  await question.waitFor({ state: 'hidden' });
}

/** The row of a list that holds a text. */
export function rowOf(page: Page, text: string) {
  return page.getByRole('row').filter({ hasText: text });
}

/** Waits until a person sees it. */
export async function expectShown(what: Locator): Promise<void> {
  // Refuses more than one. Counted afterwards, a message that stays for seconds might be gone.
  await what.waitFor();
}

/** Waits until it is not there any more, however many of it there are. */
export async function expectGone(what: Locator): Promise<void> {
  await what.first().waitFor({ state: 'detached' });
  expect(await what.count()).toBe(0);
}

/**
 * Waits until what has the focus is as `what` says, an expression of the page. Asks again and again
 * from here: the page's policy forbids it to judge a text by itself, as `waitForFunction` would.
 */
export async function focusComesTo(page: Page, what: string): Promise<void> {
  while (!(await page.evaluate(what))) await delay(50);
}

/**
 * Points at something until what it says on hover is shown: a list that is read anew meanwhile may
 * have moved it away from the pointer.
 */
export async function hoverFor(what: Locator, said: Locator): Promise<void> {
  const page = what.page();
  while (!(await said.isVisible())) {
    await page.mouse.move(0, 0);
    await what.hover({ force: true });
    await said.waitFor({ timeout: 2_000 }).catch(() => undefined);
  }
}

/** Waits until nothing fades or moves any more, but for what does so without end. */
export async function standsStill(page: Page): Promise<void> {
  const moving = `new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => {
    const all = document.getAnimations().filter(({ playState }) => playState === 'running');
    resolve(all.some(({ effect }) => Number.isFinite(effect.getComputedTiming().endTime)));
  })))`;
  while (await page.evaluate(moving)) await delay(50);
}

/** Keeps what the page looks like, for a person to look at. */
export async function takePicture(page: Page, name: string): Promise<void> {
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: path.join(screenshots, `${name}.png`), fullPage: true });
}

interface Violation {
  id: string;
  impact: string;
  nodes: { target: string[]; failureSummary: string }[];
}

/** What axe-core finds that is serious or critical, as a line each. */
export async function accessFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations } = await page.evaluate<{ violations: Violation[] }>(
    'axe.run(document, { resultTypes: ["violations"] })',
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
    );
}

/** How many pixels the page is wider than its window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
}
