import type { FastifyRequest } from "fastify";

const LOOPBACK_ADDRESS = /^(::1|(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/;
const LOOPBACK_HOST = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d{1,5})?$/i;

/** Headers by which a proxy says that somebody else is asking. */
const PROXY_HEADERS = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"];

/**
 * Whether a program on this machine asks directly. The address is the socket's own; the host name is
 * looked at since a page on the internet may have its name resolved to 127.0.0.1 (DNS rebinding).
 */
export function isLocalCaller(request: FastifyRequest): boolean {
  return (
    LOOPBACK_ADDRESS.test(request.socket.remoteAddress ?? "") &&
    LOOPBACK_HOST.test(request.headers.host ?? "") &&
    PROXY_HEADERS.every((name) => request.headers[name] === undefined)
  );
}
