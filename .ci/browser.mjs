// Run by .ci/browser. Exits with 1 at the first thing that a person would stumble over.
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { mkdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

const shots = process.env.SHOTS;
if (shots) mkdirSync(shots, { recursive: true });
let failed = 0;
const check = (ok, what) => {
  console.log(`${ok ? "ok  " : "FAIL"} ${what}`);
  if (!ok) failed++;
};

const program = spawn(process.argv[2], ["serve", "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0"]);
const base = await new Promise((resolve, reject) => {
  createInterface(program.stderr).on("line", (line) => {
    const entry = JSON.parse(line);
    if (entry.msg === "listening") program.address = `http://${entry.http}`;
    if (entry.msg === "ready") resolve(program.address);
  });
  program.on("exit", () => reject(new Error("the program ended")));
});

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

async function open(address, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1100, height: 800 }, locale: "en-US", ...options });
  const page = await context.newPage();
  page.complaints = [];
  page.on("console", (m) => { if (["error", "warning"].includes(m.type())) page.complaints.push(m.text()); });
  page.on("pageerror", (e) => page.complaints.push(String(e)));
  await page.goto(address);
  return page;
}
const shot = async (page, name) => { if (shots) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true }); };
const accessible = async (page, what) => {
  const { violations } = await new AxeBuilder({ page }).analyze();
  check(violations.length === 0, `axe: ${what}${violations.map((v) => `\n       ${v.id}: ${v.nodes[0].html}`).join("")}`);
};
const fits = async (page, what) => {
  const [inner, scroll] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth]);
  check(scroll <= inner, `no sideways scrolling: ${what} (${scroll} <= ${inner})`);
};
const input = (page) => page.locator("activationkb-search").getByRole("combobox");
const options = (page) => page.locator("activationkb-search").getByRole("option");
const results = (page) => page.locator("activationkb-search ol > li");

try {
  // Search, suggestions by keyboard, an article, back again.
  let page = await open(`${base}/?lang=nb`);
  await input(page).fill("kms-ver");
  await options(page).first().waitFor();
  check((await options(page).count()) > 0, "suggestions appear while typing");
  await shot(page, "suggestions");
  await page.keyboard.press("ArrowDown");
  check((await input(page).getAttribute("aria-activedescendant")) === "s0", "arrow down selects the first suggestion");
  await page.keyboard.press("Escape");
  check(await page.locator("activationkb-search").getByRole("listbox", { includeHidden: true }).isHidden(), "escape closes the suggestions");
  await input(page).fill("служба управления ключами не отвечает");
  await page.keyboard.press("Enter");
  await results(page).first().waitFor();
  check((await results(page).first().innerText()).match(/[æøå]|KMS-vert/i), "a Russian query is answered in Norwegian");
  await accessible(page, "results");
  await shot(page, "results");
  await results(page).first().getByRole("link").click();
  await page.locator("#page h1").waitFor();
  check((await page.locator("#page").getAttribute("lang")) === "nb", "the article is in Norwegian");
  check(page.url().includes("open=articles"), "the address names the article");
  await accessible(page, "article");
  await shot(page, "article");
  await page.goBack();
  await page.locator("#page").waitFor({ state: "hidden" });
  check(await page.locator("#page").isHidden(), "back closes the article");
  check(page.complaints.length === 0, `no complaint in the console ${page.complaints}`);
  await page.context().close();

  // Each language has its words.
  for (const [lang, word] of [["en", "Search"], ["nb", "Søk"], ["sv", "Sök"], ["ru", "Найти"], ["zh", "搜索"]]) {
    page = await open(`${base}/?lang=${lang}&q=0xC004F074`);
    await results(page).first().waitFor();
    await page.getByRole("button", { name: word, exact: true }).waitFor({ timeout: 5000 }).catch(() => {});
    check(await page.getByRole("button", { name: word, exact: true }).isVisible(), `${lang}: the button says ${word}`);
    check((await page.evaluate(() => document.documentElement.lang)) === lang, `${lang}: the page says its language`);
    check(!(await page.locator("body").innerText()).match(/\b(search|portal|kind)\.[a-z]/), `${lang}: no word is missing`);
    await shot(page, `code-${lang}`);
    await page.context().close();
  }

  // Dark and narrow.
  page = await open(`${base}/?lang=zh&open=errorCodes/0xC004F074`, { colorScheme: "dark" });
  await page.locator("#page h1").waitFor();
  await accessible(page, "code, dark");
  await shot(page, "dark");
  await page.context().close();
  page = await open(`${base}/?lang=ru&open=articles/kms-unreachable&q=${encodeURIComponent("ключ заблокирован")}`, { viewport: { width: 340, height: 700 } });
  await page.locator("#page h1").waitFor();
  await fits(page, "article at 340 px");
  await accessible(page, "narrow");
  await shot(page, "narrow");
  await page.context().close();

  // Nothing found, an error of the service, an unknown page.
  page = await open(`${base}/?lang=sv&q=qqqqzzzz`);
  await page.getByText("Inget hittades").waitFor();
  check(true, "an empty answer says so");
  await page.goto(`${base}/?lang=sv&open=articles/no-such-thing`);
  await page.locator("#page .warning").waitFor();
  check((await page.locator("#page").innerText()).length > 5, "an unknown article is told in words");
  await page.context().close();

  // The element on a page of another origin, with one script tag and a strict policy.
  const portal = createServer((_, response) => {
    response.setHeader("Content-Security-Policy", `default-src 'none'; script-src ${base}; connect-src ${base}`);
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    response.end(`<!doctype html><html lang="sv"><head><title>Portal</title></head><body><main><h1>Portal</h1><script src="${base}/embed.js" data-mount></script></main></body></html>`);
  });
  await new Promise((resolve) => portal.listen(0, "127.0.0.1", resolve));
  page = await open(`http://127.0.0.1:${portal.address().port}/`);
  await page.getByRole("button", { name: "Sök" }).waitFor();
  await input(page).fill("0x8007232B");
  await page.keyboard.press("Enter");
  await results(page).first().waitFor();
  const selected = page.evaluate(() => new Promise((resolve) => addEventListener("kb-select", (e) => { e.preventDefault(); resolve(e.detail.name); })));
  await results(page).first().getByRole("link").click();
  check((await selected) === "errorCodes/0x8007232B", "embedded: selecting tells the page");
  await accessible(page, "embedded");
  check(page.complaints.length === 0, `embedded: no complaint in the console ${page.complaints}`);
  await shot(page, "embedded");
  portal.close();
} catch (e) {
  check(false, e.message);
} finally {
  await browser.close();
  program.kill("SIGINT");
}
console.log(failed ? `${failed} failed` : "the page works");
process.exit(failed ? 1 : 0);
