// Bundles third-party browser code into web/static/vendor; with --check only compares what is there.
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "../web/static/vendor");
const axeTarget = join(here, "../tests/browser/axe.min.js");
const check = process.argv.includes("--check");
const out = check ? mkdtempSync(join(tmpdir(), "vendor-")) : target;
mkdirSync(out, { recursive: true });
mkdirSync(dirname(axeTarget), { recursive: true });

// The build of PDF.js for older browsers. Without wasm, which our policy for scripts would have to allow, it decodes scans by
// these two files of its own.
const pdf = "node_modules/pdfjs-dist";
const scans = ["jbig2_nowasm_fallback", "openjpeg_nowasm_fallback"];
const entries = {
  editor: "editor.js", "socket.io": "socket.io.js", pdf: "pdf.js", "pdf.worker": `${pdf}/legacy/build/pdf.worker.mjs`,
  ...Object.fromEntries(scans.map((name) => [name, `${pdf}/wasm/${name}.js`])),
};
await build({
  absWorkingDir: here, entryPoints: entries, outdir: out, bundle: true, minify: true,
  format: "esm", target: "es2022", legalComments: "none", charset: "utf8", external: ["fs", "module", "path", "url"],
});

const packages = Object.keys(JSON.parse(readFileSync(join(here, "package.json"))).dependencies);
const lock = JSON.parse(readFileSync(join(here, "package-lock.json"))).packages;
const shipped = Object.keys(lock).filter((name) => name && !lock[name].dev && !lock[name].optional).sort();
const licences = shipped.map((path) => {
  const folder = join(here, path);
  const kept = readdirSync(folder).filter((name) => /^licen[cs]e/i.test(name)).slice(0, 1);
  if (path === pdf) kept.push(...readdirSync(join(folder, "wasm")).filter((name) => /^LICENSE_.*(JBIG2|OPENJPEG)$/.test(name)).map((name) => `wasm/${name}`));
  const text = kept.map((name) => readFileSync(join(folder, name), "utf8").trim()).join("\n\n") || `Licence: ${lock[path].license}`;
  return `${path.replace(/^.*node_modules\//, "")} ${lock[path].version}\n\n${text}\n`;
});
writeFileSync(join(out, "LICENCES.txt"), licences.join(`\n${"-".repeat(72)}\n\n`));

const hash = (file) => createHash("sha256").update(readFileSync(file)).digest("hex");
const files = ["LICENCES.txt", ...Object.keys(entries).map((name) => `${name}.js`)].sort();
const manifest = {
  packages: Object.fromEntries(packages.map((name) => [name, lock[`node_modules/${name}`].version])),
  sha256: Object.fromEntries(files.map((name) => [name, hash(join(out, name))])),
};
writeFileSync(join(out, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");

const axe = readFileSync(join(here, "node_modules/axe-core/axe.min.js"));
if (check) {
  const differing = [...files, "manifest.json"].filter((name) => hash(join(out, name)) !== hash(join(target, name)));
  if (!readFileSync(axeTarget).equals(axe)) differing.push("axe.min.js");
  if (differing.length) {
    console.error(`not what the sources build: ${differing.join(", ")}; run: make vendor`);
    process.exit(1);
  }
  console.log("the vendored browser code is what its sources build");
} else {
  writeFileSync(axeTarget, axe);
}
