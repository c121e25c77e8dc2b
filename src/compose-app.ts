/** What the HTTP interface is given, made of a composition. */
import { hostname } from "node:os";
import { verify } from "./billing/verify/verify.ts";
import { DECLINE_MAPS } from "./compose-declines.ts";
import { testPagesOf } from "./compose-test-pages.ts";
import { verifyDepsOf } from "./compose-verify.ts";
import { mailsOf } from "./compose-messages.ts";
import type { Composition } from "./compose.ts";
import type { AdminPassword, AppDeps } from "./http/app-deps.ts";
import { createQueueBoards } from "./http/queue-boards.ts";
import { hashPassword, randomPassword, verifyPassword } from "./lib/password.ts";
import { createMetrics } from "./metrics.ts";
import { pingRedis } from "./queues/connection.ts";
import { isDatabaseUnavailable, pingDatabase } from "./stores/connection.ts";
import { tellSimulator } from "./tell-simulator.ts";

/** Makes the HTTP interface's dependencies. */
export async function appDepsOf(composition: Composition): Promise<AppDeps> {
  const { config, queues } = composition;
  return {
    ...composition,
    hints: queues.hints,
    direct: {
      lease: { leaseMs: config.charge.leaseMs, marginMs: config.charge.leaseMarginMs },
      worker: `${hostname()}-${process.pid}-api`,
      random: Math.random,
    },
    mails: mailsOf(config),
    declineMaps: DECLINE_MAPS,
    finalState: config.dunning.finalState,
    tellOthers: (now) => tellSimulator(config, now),
    boards: createQueueBoards(queues.all(), { readOnly: config.admin.queuesReadOnly }),
    metrics: createMetrics(composition),
    verify: (options) => verify(verifyDepsOf(composition), options),
    health: {
      database: () => pingDatabase(composition.database),
      redis: () => pingRedis(composition.redis),
    },
    adminPassword: await readAdminPassword(composition),
    testPages: testPagesOf(config),
    isDatabaseUnavailable,
  };
}

/** The configured login, or a random one said once at start; in production none closes /admin. */
async function readAdminPassword({ config }: Composition): Promise<AdminPassword | null> {
  const { user, passwordHash } = config.admin;
  if (passwordHash !== null) {
    return { user, verify: (password) => verifyPassword(password, passwordHash) };
  }
  if (config.environment === "production") return null;
  const password = randomPassword();
  const hash = await hashPassword(password);
  process.stderr.write(`/admin: user ${user}, password ${password} (until the next start)\n`);
  return { user, verify: (given) => verifyPassword(given, hash) };
}
