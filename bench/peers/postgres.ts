/** A PostgreSQL cluster of the bench's own, and the packages of the contenders that need it. */
import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../../src/embedded/free-port.ts";
import { sleep } from "../../src/lib/clock.ts";

export interface Postgres {
  url: string;
  pid: number | null;
  /** Folder in which the peers' packages are installed. */
  packages: string;
  stop(): Promise<void>;
}

/** Raised where the peers cannot be measured: says in one sentence how they can. */
export class PostgresMissingError extends Error {}

const PACKAGES = resolve(".data", "bench", "peers");
const LOOKS_MAX = 300;
const LOOK_MS = 50;

/** Starts a cluster in a temporary folder, which is removed at the end. */
export async function startPostgres(tell: (line: string) => void): Promise<Postgres> {
  const bin = findBinaries();
  const packages = installPackages(tell);
  const folder = mkdtempSync(join(tmpdir(), "kiwoom-bench-postgres-"));
  const user = unprivilegedUser();
  const give = (path: string) => void (user !== null && chownSync(path, user.uid, user.gid));
  give(folder);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const data = join(folder, "data");
    const password = randomBytes(16).toString("hex");
    const passwordFile = join(folder, "password");
    writeFileSync(passwordFile, password);
    give(passwordFile);
    chmodSync(passwordFile, 0o600);
    execFileSync(
      join(bin, "initdb"),
      ["-D", data, "-U", "bench", "-A", "scram-sha-256", "--pwfile", passwordFile, "-E", "UTF8"],
      { ...user, cwd: folder, stdio: ["ignore", "ignore", "inherit"] },
    );
    const port = await freePort();
    // PostgreSQL's own defaults, among them fsync; the commit is named because it matters here.
    const settings = ["synchronous_commit=on", "listen_addresses=127.0.0.1", `port=${port}`];
    const server = spawn(
      join(bin, "postgres"),
      ["-D", data, "-k", folder, ...settings.flatMap((setting) => ["-c", setting])],
      { ...user, cwd: folder, stdio: ["ignore", "ignore", "ignore"] },
    );
    const ended = new Promise<void>((done) => server.once("exit", () => done()));
    const killAtExit = () => void server.kill("SIGKILL");
    process.once("exit", killAtExit);
    await untilReady(join(bin, "pg_isready"), port);
    return {
      url: `postgres://bench:${password}@127.0.0.1:${port}/postgres`,
      pid: server.pid ?? null,
      packages,
      async stop() {
        // SIGINT: a fast shutdown, which ends the sessions that are left.
        server.kill("SIGINT");
        await ended;
        process.off("exit", killAtExit);
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

/** The newest version's folder of programs: from the PATH, else where Debian puts them. */
function findBinaries(): string {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian) : [];
  const candidates = [
    ...(process.env["PATH"] ?? "").split(delimiter),
    ...versions.toSorted((a, b) => Number(b) - Number(a)).map((one) => join(debian, one, "bin")),
  ];
  const needed = ["initdb", "postgres", "pg_isready"];
  const found = candidates.find((folder) => needed.every((name) => existsSync(join(folder, name))));
  if (found !== undefined) return found;
  throw new PostgresMissingError(
    "--peers needs PostgreSQL's server programs: install them with `sudo apt-get install postgresql` (Debian, Ubuntu) or `brew install postgresql` (macOS).",
  );
}

/** PostgreSQL refuses to run as root: then it runs as its own user, or as nobody. */
function unprivilegedUser(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  for (const name of ["postgres", "nobody"]) {
    try {
      const id = (flag: string) => Number(execFileSync("id", [flag, name], { stdio: "pipe" }));
      return { uid: id("-u"), gid: id("-g") };
    } catch {
      // No such user: the next one.
    }
  }
  throw new PostgresMissingError(
    "--peers runs PostgreSQL, which refuses root: run the bench as another user.",
  );
}

/** The peers' packages stand apart: nobody who only uses the product installs them. */
function installPackages(tell: (line: string) => void): string {
  mkdirSync(PACKAGES, { recursive: true });
  for (const file of ["package.json", "package-lock.json"]) {
    copyFileSync(fileURLToPath(new URL(`packages/${file}`, import.meta.url)), join(PACKAGES, file));
  }
  tell(`installing graphile-worker and pg-boss into ${PACKAGES}`);
  execFileSync("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], {
    cwd: PACKAGES,
    stdio: ["ignore", "ignore", "inherit"],
  });
  return PACKAGES;
}

async function untilReady(program: string, port: number): Promise<void> {
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    try {
      execFileSync(program, ["-h", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
      return;
    } catch {
      await sleep(LOOK_MS);
    }
  }
  throw new Error("PostgreSQL did not become ready");
}
