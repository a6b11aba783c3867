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

await build({
  absWorkingDir: here, entryPoints: ["editor.js", "socket.io.js"], outdir: out, bundle: true, minify: true,
  format: "esm", target: "es2022", legalComments: "none", charset: "utf8",
});

const packages = Object.keys(JSON.parse(readFileSync(join(here, "package.json"))).dependencies);
const lock = JSON.parse(readFileSync(join(here, "package-lock.json"))).packages;
const shipped = Object.keys(lock).filter((name) => name && !lock[name].dev).sort();
const licences = shipped.map((path) => {
  const folder = join(here, path);
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  const text = file ? readFileSync(join(folder, file), "utf8").trim() : `Licence: ${lock[path].license}`;
  return `${path.replace(/^.*node_modules\//, "")} ${lock[path].version}\n\n${text}\n`;
});
writeFileSync(join(out, "LICENCES.txt"), licences.join(`\n${"-".repeat(72)}\n\n`));

const hash = (file) => createHash("sha256").update(readFileSync(file)).digest("hex");
const files = ["LICENCES.txt", "editor.js", "socket.io.js"];
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
