/** The company's own names, the older brand among them. */
const GATEWAY_DOMAINS = ["kiwoompay.co.kr", "payjoa.co.kr"];
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Where the second step may go, or undefined. The answer to the first step names the address, and
 * the merchant's key is sent there: so it must be the gateway's own over TLS, or the very simulator
 * that was configured.
 */
export function toReturnUrl(
  text: string | undefined,
  configured: { baseUrl: string; simulator?: boolean },
): URL | undefined {
  if (text === undefined || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") return undefined;
  return isGateways(url) || isSimulators(url, configured) ? url : undefined;
}

function isGateways({ protocol, hostname }: URL): boolean {
  return (
    protocol === "https:" &&
    GATEWAY_DOMAINS.some((domain) => hostname === domain || hostname.endsWith(`.${domain}`))
  );
}

function isSimulators(url: URL, configured: { baseUrl: string; simulator?: boolean }): boolean {
  const base = new URL(configured.baseUrl);
  const isLocal = base.protocol === "http:" && LOOPBACK.test(base.hostname);
  return url.origin === base.origin && (isLocal || configured.simulator === true);
}
