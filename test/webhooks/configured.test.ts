import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Composition } from "../../src/compose.ts";
import { outgoingOf } from "../../src/compose-webhooks.ts";
import { ConfigError, loadConfig } from "../../src/config.ts";
import { type World, startWorld } from "./world.ts";

const secret = (fill: number) => `whsec_${Buffer.alloc(32, fill).toString("base64")}`;
const URL_ONE = "http://127.0.0.1:1/one";
const URL_TWO = "http://127.0.0.1:1/two";

describe("the endpoints of the configuration", () => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world?.close());

  /** What stands there after processes with this setting have swept at once. */
  async function follow(setting: string) {
    const compositions: Composition[] = await Promise.all(
      [1, 2].map(() => world.join({ WEBHOOK_ENDPOINTS: setting })),
    );
    await Promise.all(compositions.map((one) => outgoingOf(one).prepare()));
    const [composition] = compositions as [Composition];
    const all = await composition.endpoints.listAll();
    return all
      .map(({ id, url, state, secrets, revision }) => ({
        url,
        state,
        revision,
        secrets: secrets.map(({ sealed }) => composition.secrets.open(sealed, id)),
      }))
      .toSorted((one, other) => (one.url < other.url ? -1 : 1));
  }

  it("are added once, rotated, disabled when they are gone, and enabled when they come back", async () => {
    const [one, two] = [`${URL_ONE}|${secret(1)}`, `${URL_TWO}|${secret(2)}`];
    const added = { state: "enabled", revision: 0 };
    const both = [
      { url: URL_ONE, secrets: [secret(1)], ...added },
      { url: URL_TWO, secrets: [secret(2)], ...added },
    ];
    expect(await follow(`${one},${two}`)).toEqual(both);
    expect(await follow(`${one},${two}`)).toEqual(both);
    const rotated = `${URL_ONE}|${secret(3)}`;
    expect(await follow(rotated)).toMatchObject([
      { url: URL_ONE, state: "enabled", secrets: [secret(1), secret(3)], revision: 1 },
      { url: URL_TWO, state: "disabled", revision: 1 },
    ]);
    expect(await follow(`${rotated},${two}`)).toMatchObject([
      { state: "enabled", revision: 1 },
      { state: "enabled", revision: 2, secrets: [secret(2)] },
    ]);
  });

  it.each([
    [`${URL_ONE}|short`],
    ["shop.example.com|whsec_x"],
    [URL_ONE],
    [`ftp://shop.example.com/|${secret(1)}`],
    [`${URL_ONE}|${secret(1)},${URL_ONE}|${secret(2)}`],
  ])("are refused as %s, without a word of the secret", (setting) => {
    expect(() => loadConfig({ WEBHOOK_ENDPOINTS: setting })).toThrow(ConfigError);
    expect(() => loadConfig({ WEBHOOK_ENDPOINTS: setting })).toThrow(/WEBHOOK_ENDPOINTS/);
    expect(() => loadConfig({ WEBHOOK_ENDPOINTS: setting })).not.toThrow(/whsec_[A-Za-z0-9+/]{9}/);
  });

  it("are public https in production, unless it is said otherwise", () => {
    const { addresses } = loadConfig({}).webhooks;
    expect(addresses).toEqual({ allowPrivate: true, httpsOnly: false });
    for (const url of ["http://shop.example.com/", "https://10.0.0.1/", "https://localhost/"]) {
      const setting = { NODE_ENV: "production", WEBHOOK_ENDPOINTS: `${url}|${secret(1)}` };
      expect(() => loadConfig(setting), url).toThrow(/WEBHOOK_ENDPOINTS/);
    }
  });
});
