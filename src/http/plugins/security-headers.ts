import helmet from "@fastify/helmet";
import type { HttpApp } from "../http-app.ts";

/** Strict headers that also hold on plain http, where pages must not be told to use https. */
export async function addSecurityHeaders(app: HttpApp): Promise<void> {
  await app.register(helmet, {
    hsts: false,
    contentSecurityPolicy: {
      directives: {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'", "data:"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "upgrade-insecure-requests": null,
      },
    },
  });
}
