// A checkout runs from its sources, packed once after each change of them: a process then starts in
// a quarter of the time that loading file by file takes, and a demo or a storm starts dozens.
// Nobody has to call this; a build (`dist/`) has nothing of it.
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const CACHE = join(ROOT, "node_modules", ".cache", "kiwoom-billing");
const SOURCES = ["src", "workers"];
/** Read as they are, by the code beside them. */
const ASSETS = "src/simulator/windows/browser";
/** Bundles of earlier sources that stay: something may still be running from them. */
const KEPT = 4;
/** They read files of their own beside their code. */
const NOT_PACKED = ["@fastify/swagger-ui", "@bull-board/api", "@bull-board/fastify"];
const COMMAND_LINE = "src/cli/main.ts";
/** A file that is started as a process is named by such a URL. */
const STARTED = /new URL\("(\.[^"]+\.ts)", import\.meta\.url\)/g;

/**
 * The folder with the packed sources, made if it is not there yet. Entries keep their paths, with
 * `.js` for `.ts`. Throws where esbuild or the sources are missing.
 *
 * @returns {Promise<string>}
 */
export async function bundleSources() {
  const files = SOURCES.flatMap(listSources);
  const assets = readdirSync(join(ROOT, ASSETS)).map((file) => join(ASSETS, file));
  const folder = join(CACHE, fingerprint([...files, ...assets]));
  if (!existsSync(folder)) await pack(files, folder);
  return folder;
}

/**
 * The URL of the command line's entry in a bundle.
 *
 * @param {string} bundle
 */
export function commandLineOf(bundle) {
  return pathToFileURL(join(bundle, asBuilt(COMMAND_LINE))).href;
}

/** @param {string} folder */
function listSources(folder) {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(folder, file));
}

/** @param {string[]} files */
function fingerprint(files) {
  // The folder too: packed code knows its own place.
  const hash = createHash("sha256").update(ROOT);
  const own = relative(ROOT, fileURLToPath(import.meta.url));
  for (const file of [...files, "package-lock.json", own]) {
    hash.update(`${file}\n`).update(readFileSync(join(ROOT, file)));
  }
  return hash.digest("hex").slice(0, 16);
}

/** @param {string[]} files @param {string} folder */
async function pack(files, folder) {
  const { build } = await import("esbuild");
  const making = `${folder}.${process.pid}`;
  mkdirSync(CACHE, { recursive: true });
  await build({
    absWorkingDir: ROOT,
    entryPoints: entriesIn(files),
    outdir: making,
    outbase: ROOT,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    external: NOT_PACKED,
    logLevel: "silent",
    plugins: [ownPlaces(folder)],
    // Packages in CommonJS ask for Node's own modules with `require`.
    banner: {
      js: 'import { createRequire as requireOf } from "node:module";\nconst require = requireOf(import.meta.url);',
    },
  });
  cpSync(join(ROOT, ASSETS), join(making, ASSETS), { recursive: true });
  settle(making, folder);
  removeOld(folder);
}

/** @param {string[]} files */
function entriesIn(files) {
  const entries = new Set([COMMAND_LINE]);
  for (const file of files) {
    const text = readFileSync(join(ROOT, file), "utf8");
    for (const [, named] of text.matchAll(STARTED)) entries.add(join(dirname(file), String(named)));
  }
  return [...entries].filter((file) => existsSync(join(ROOT, file)));
}

/**
 * Packed code finds its entries where it stood itself: `import.meta.url` keeps each file's place.
 *
 * @param {string} folder
 * @returns {import("esbuild").Plugin}
 */
function ownPlaces(folder) {
  return {
    name: "own-places",
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const place = pathToFileURL(join(folder, asBuilt(relative(ROOT, path)))).href;
        const text = readFileSync(path, "utf8");
        return {
          contents: text.replaceAll("import.meta.url", JSON.stringify(place)),
          loader: "ts",
        };
      });
    },
  };
}

/**
 * Takes its place at once or not at all; somebody else may have been quicker.
 *
 * @param {string} making
 * @param {string} folder
 */
function settle(making, folder) {
  try {
    renameSync(making, folder);
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}

/** @param {string} newest */
function removeOld(newest) {
  const all = readdirSync(CACHE)
    .map((name) => join(CACHE, name))
    .filter((folder) => folder !== newest)
    .toSorted((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const folder of all.slice(KEPT)) rmSync(folder, { recursive: true, force: true });
}

/** @param {string} file */
function asBuilt(file) {
  return file.replace(/\.ts$/, ".js");
}
