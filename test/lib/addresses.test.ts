import { describe, expect, it } from "vitest";
import {
  AddressRefusedError,
  createGuardedLookup,
  faultOfUrl,
  isPublicAddress,
} from "../../src/lib/addresses.ts";

const STRICT = { allowPrivate: false, httpsOnly: true };

describe("an address", () => {
  it.each([
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:a00:1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "shop.example.com",
    "",
  ])("%s is none of the public internet", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each([
    "1.1.1.1",
    "8.8.8.8",
    "172.15.0.1",
    "172.32.0.1",
    "223.130.200.1",
    "2606:4700::1111",
    "2400::1",
  ])("%s is one", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

describe("the URL of an endpoint", () => {
  it.each([
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://0/",
    "https://169.254.169.254/latest/meta-data/",
    "https://0xa9fea9fe/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[fd00:ec2::254]/",
    "https://localhost/",
    "https://LOCALHOST./",
    "https://hooks.localhost/",
    "https://１２７.０.０.１/",
    "http://shop.example.com/",
    "https://user:secret@shop.example.com/",
    "https://shop.example.com/#part",
    "ftp://shop.example.com/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "https://",
    "shop.example.com",
    "",
    `https://shop.example.com/${"a".repeat(2000)}`,
  ])("%s is refused", (url) => {
    expect(faultOfUrl(url, STRICT)).not.toBeNull();
  });

  it("may be public https, and elsewhere what is allowed there", () => {
    expect(faultOfUrl("https://shop.example.com:8443/hooks?a=b", STRICT)).toBeNull();
    expect(faultOfUrl("https://8.8.8.8/", STRICT)).toBeNull();
    expect(
      faultOfUrl("http://localhost:3000/", { allowPrivate: true, httpsOnly: false }),
    ).toBeNull();
  });
});

describe("the look-up", () => {
  type Resolve = Parameters<typeof createGuardedLookup>[1];

  const resolving = (...addresses: string[]) =>
    ((_name: string, _options: object, callback: (error: null, found: object[]) => void) =>
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
      )) as unknown as Resolve;

  function look(resolve: Resolve, rules = STRICT): Promise<unknown> {
    return new Promise((done, fail) => {
      createGuardedLookup(rules, resolve)("shop.example.com", { all: true }, (error, found) =>
        error === null ? done(found) : fail(error),
      );
    });
  }

  it("refuses a name as soon as one of its addresses is not public", async () => {
    await expect(look(resolving("8.8.8.8", "10.0.0.1"))).rejects.toThrow(AddressRefusedError);
    await expect(look(resolving("::ffff:127.0.0.1"))).rejects.toThrow(AddressRefusedError);
    await expect(look(resolving())).rejects.toThrow(AddressRefusedError);
    expect(await look(resolving("8.8.8.8"))).toEqual([{ address: "8.8.8.8", family: 4 }]);
    const rules = { allowPrivate: true, httpsOnly: false };
    expect(await look(resolving("10.0.0.1"), rules)).toHaveLength(1);
  });
});
