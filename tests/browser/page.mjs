// Opens the HTML page in a headless Chromium, on a desk and a phone, in light and in dark.
// Usage: node page.mjs NODE_MODULES PAGE CHROMIUM EMPTY_FOLDER NAME VALUE; filters by the value of the select
// of that name, prints what was seen as JSON, and leaves a screenshot of each in the folder.
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [modules, file, chromium, profile, name, value] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(modules), "x.js"));
const load = async (name) => {
  const found = await import(pathToFileURL(require.resolve(name)));
  return found.default ?? found;
};
const puppeteer = await load("puppeteer-core");

const browser = await puppeteer.launch({
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
  executablePath: chromium,
  userDataDir: path.join(profile, "profile"),
  headless: true,
});
const seen = { violations: [], errors: [], sideways: false, dialogs: 0 };
for (const scheme of ["light", "dark"]) {
  for (const [width, height] of [[1200, 900], [375, 800]]) {
    const page = await browser.newPage();
    page.on("pageerror", (error) => seen.errors.push(String(error)));
    page.on("dialog", (dialog) => { seen.dialogs += 1; dialog.dismiss(); });
    await page.setViewport({ width, height });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await page.goto(pathToFileURL(path.resolve(file)).href);
    seen.sideways ||= await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    await page.screenshot({ path: path.join(profile, `${scheme}-${width}.png`) });
    seen.all = await page.$eval("#shown", (each) => each.textContent);
    await page.select(`select[name=${name}]`, value);
    seen.filtered = await page.$eval("#shown", (each) => each.textContent);
    await page.click("button[type=reset]");
    await page.focus(`select[name=${name}]`);
    await page.keyboard.press("Tab");
    seen.keyboard = await page.evaluate(() => document.activeElement !== document.body);
    // evaluated by the debugger, so the page's policy against foreign scripts stays in force
    await page.evaluate(require("axe-core").source);
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    for (const each of violations) seen.violations.push(`${scheme} ${width}: ${each.impact} ${each.id}`);
    await page.close();
  }
}
await browser.close();
console.log(JSON.stringify(seen));
