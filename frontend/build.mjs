// Builds what the pages load: one stylesheet, one script, one sprite of the icons that are used.
import { build } from "esbuild";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PurgeCSS } from "purgecss";

const here = dirname(fileURLToPath(import.meta.url));
const rooms = join(here, "..", "src", "hengwei");
const out = join(rooms, "ui", "static", "hengwei");
mkdirSync(out, { recursive: true });

function* files(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) {
      if (!["static", "locale", "migrations", "__pycache__"].includes(name)) yield* files(path);
    } else if (/\.(py|html|ts)$/.test(name)) yield path;
  }
}

// Of Tabler, what no template, page or script names is left out: a browser reads the whole sheet anew for each page. What is
// put together of parts stands in `safelist`.
const onlyWhatIsUsed = {
  name: "only-what-is-used",
  setup(building) {
    building.onLoad({ filter: /tabler\.min\.css$/ }, async ({ path }) => {
      const content = [...files(rooms), ...files(join(here, "src"))];
      const [{ css }] = await new PurgeCSS().purge({ content, css: [path], safelist: [/^w-\d+$/] });
      return { contents: css, loader: "css", resolveDir: dirname(path) };
    });
  },
};

await build({
  entryPoints: { app: join(here, "src", "main.ts"), early: join(here, "src", "early.ts"), charts: join(here, "src", "charts.ts"), style: join(here, "src", "style.css") },
  bundle: true, minify: true, sourcemap: false, outdir: out, target: ["es2022", "chrome109", "firefox115", "safari16"],
  logLevel: "warning", absWorkingDir: here, plugins: [onlyWhatIsUsed],
});

// A quoted word that is the name of an icon counts as its use: a few too many cost less than a list to keep.
const icons = join(here, "node_modules", "@tabler", "icons", "icons", "outline");
const used = new Set();
for (const folder of [rooms, join(here, "src")]) {
  for (const path of files(folder)) {
    for (const [, name] of readFileSync(path, "utf8").matchAll(/["']([a-z][a-z0-9-]*)["']/g)) {
      if (existsSync(join(icons, `${name}.svg`))) used.add(name);
    }
  }
}
const symbols = [...used].sort().map((name) => {
  const svg = readFileSync(join(icons, `${name}.svg`), "utf8").replace(/<!--[\s\S]*?-->/g, "");
  const inner = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>")).replace(/\s+/g, " ").trim();
  return `<symbol id="${name}" viewBox="0 0 24 24">${inner}</symbol>`;
});
writeFileSync(join(out, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("\n")}</svg>\n`);
