import { createBullBoard } from "@bull-board/api";
import { FastifyAdapter } from "@bull-board/fastify";
import type { AppDeps } from "../app-deps.ts";
import type { HttpApp } from "../http-app.ts";
import { type Language, languageOf } from "../language.ts";
import { ProblemError } from "../problem-error.ts";
import { answerError } from "./problem-answers.ts";

/** Where the page's settings begin. The board's own language follows the browser's. */
const SETTINGS = '<script id="__UI_CONFIG__" type="application/json">{';
const KOREAN = '"locale":{"lng":"ko-KR"},';
/** The page would ask somebody else for its letters; our policy forbids it, the system has its own. */
const FOREIGN_STYLE = /<link [^>]*href="https:[^>]*>/g;

/** Bull Board below `basePath`. Who may see it is the business of the scope around it. */
export async function addQueueBoard(
  app: HttpApp,
  deps: Pick<AppDeps, "boards" | "health" | "log" | "isDatabaseUnavailable">,
  path: { prefix: string; basePath: string },
): Promise<void> {
  const adapter = new FastifyAdapter();
  adapter.setBasePath(path.basePath);
  createBullBoard({
    queues: [...deps.boards],
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: "kiwoom-billing", hideRedisDetails: true } },
  });
  await app.register(
    async (scope) => {
      scope.addHook("onRequest", async (request, reply) => {
        const isData = request.url.startsWith(`${path.basePath}/api/`);
        if (!isData || (await deps.health.redis())) return;
        answerError(deps, new ProblemError("QUEUES_UNAVAILABLE"), { request, reply });
        return reply;
      });
      scope.addHook("onSend", async (request, _reply, payload) =>
        typeof payload === "string"
          ? adaptPage(payload, languageOf(request.headers["accept-language"]))
          : payload,
      );
      await scope.register(adapter.registerPlugin());
    },
    { prefix: path.prefix },
  );
}

/** One board has one language for all; the page says Korean where its reader asks for it. */
function adaptPage(page: string, language: Language): string {
  const isPage = page.includes(SETTINGS);
  if (!isPage) return page;
  const own = page.replace(FOREIGN_STYLE, "");
  return language === "ko" ? own.replace(SETTINGS, `${SETTINGS}${KOREAN}`) : own;
}
