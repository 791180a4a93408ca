// Builds api/static from api/assets and node_modules.  Owns the names of the files: each carries
// a digest of its content, so that a browser may keep it for good; manifest.json says which is which.
//
//   node api/assets/build.mjs
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");
const target = join(here, "..", "static");
const fresh = `${target}.new`;
const modules = join(root, "node_modules");
const manifest = {};
// What a script imports, so that a page can ask for all of it at once.
const imported = {};

async function bundle(entryPoints, options = {}) {
  const result = await esbuild.build({
    entryPoints: entryPoints.map((name) => join(here, name)),
    outdir: fresh,
    bundle: true,
    minify: true,
    legalComments: "none",
    target: ["chrome90", "safari15", "firefox90"],
    entryNames: "[name]-[hash]",
    chunkNames: "shared-[hash]",
    metafile: true,
    absWorkingDir: root,
    logLevel: "warning",
    ...options,
  });
  for (const [path, output] of Object.entries(result.metafile.outputs)) {
    if (output.entryPoint) {
      manifest[basename(output.entryPoint)] = basename(path);
      const parts = output.imports.filter((one) => one.kind === "import-statement" && !one.external);
      if (parts.length > 0) {
        imported[basename(output.entryPoint)] = parts.map((one) => basename(one.path));
      }
    }
  }
}

async function copy(source, name) {
  const content = await readFile(source);
  const digest = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  const kind = extname(name);
  const hashed = `${basename(name, kind)}-${digest}${kind === ".mjs" ? ".js" : kind}`;
  await writeFile(join(fresh, hashed), content);
  manifest[name] = hashed;
}

await rm(fresh, { recursive: true, force: true });
await mkdir(fresh, { recursive: true });

await bundle(["css/app.css", "css/dark.css", "css/docs.css", "css/planner.css", "css/desk.css", "css/case.css", "css/boundaries.css", "css/findings.css", "css/teams.css"]);
await bundle(["js/early.js"], { format: "iife" });
await bundle(["js/base.js", "js/report.js", "js/status.js", "js/case.js", "js/area.js", "js/docs.js", "js/planner.js", "js/desk.js", "js/live_lists.js", "js/day.js", "js/moderation.js", "js/boundaries.js", "js/findings.js"], {
  format: "esm",
  splitting: true,
});

// A snapshot carries all of it in its own file; Leaflet's notice stays in it.
const alone = { format: "iife", loader: { ".png": "dataurl" }, legalComments: "inline" };
await bundle(["css/snapshot.css", "css/snapshot-dark.css", "js/snapshot.js"], alone);

// Large and finished: copied as they are, loaded only by the pages that show a map or the API.
await copy(join(modules, "maplibre-gl/dist/maplibre-gl.mjs"), "maplibre-gl.mjs");
await copy(join(modules, "maplibre-gl/dist/maplibre-gl-worker.mjs"), "maplibre-gl-worker.mjs");
await copy(join(modules, "maplibre-gl/dist/maplibre-gl.css"), "maplibre-gl.css");
await copy(join(modules, "swagger-ui-dist/swagger-ui-bundle.js"), "swagger-ui-bundle.js");
await copy(join(modules, "swagger-ui-dist/swagger-ui.css"), "swagger-ui.css");
await copy(join(here, "img/mark.svg"), "mark.svg");

// The licences of what is delivered go with it.
for (const [name, file] of [
  ["maplibre-gl", "LICENSE.txt"],
  ["htmx.org", "LICENSE"],
  ["leaflet", "LICENSE"],
  ["swagger-ui-dist", "LICENSE"],
]) {
  await cp(join(modules, name, file), join(fresh, `LICENSE-${name}.txt`));
}

// Packed once and well, not anew for every reader.
for (const name of await readdir(fresh)) {
  const content = await readFile(join(fresh, name));
  await writeFile(join(fresh, `${name}.gz`), gzipSync(content, { level: 9 }));
}

await writeFile(join(fresh, "imports.json"), `${JSON.stringify(imported, null, 2)}\n`);
await writeFile(join(fresh, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
await rm(target, { recursive: true, force: true });
await rename(fresh, target);
