import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type SealedText, createSecretBox } from "../../src/lib/secret-box.ts";

const first = { id: "2026", secret: randomBytes(32) };
const second = { id: "2027", secret: randomBytes(32) };
const PLAIN = "빌링키-BILLKEY_0123456789";

function flipFirstBit(encoded: string): string {
  const bytes = Buffer.from(encoded, "base64");
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return bytes.toString("base64");
}

describe("a secret box", () => {
  test("opens what it sealed, for the same record", () => {
    const box = createSecretBox([first]);
    const sealed = box.seal(PLAIN, "bk_1");
    expect(sealed.keyId).toBe("2026");
    expect(box.open(sealed, "bk_1")).toBe(PLAIN);
    expect(box.open(box.seal("", "bk_1"), "bk_1")).toBe("");
  });

  test("shows nothing of the text, and seals the same text differently each time", () => {
    const box = createSecretBox([first]);
    const [one, other] = [box.seal(PLAIN, "bk_1"), box.seal(PLAIN, "bk_1")];
    expect(one.data).not.toBe(other.data);
    expect(one.iv).not.toBe(other.iv);
    const shown = Object.values(one).map((part) => Buffer.from(part, "base64").toString("utf8"));
    expect(shown.join()).not.toContain("BILLKEY");
  });

  test("opens nothing for another record", () => {
    const box = createSecretBox([first]);
    const sealed = box.seal(PLAIN, "bk_1");
    expect(() => box.open(sealed, "bk_2")).toThrow(/auth/i);
  });

  test.each(["iv", "tag", "data"] as const)("notices a changed bit in %s", (part) => {
    const box = createSecretBox([first]);
    const sealed = box.seal(PLAIN, "bk_1");
    const changed: SealedText = { ...sealed, [part]: flipFirstBit(sealed[part]) };
    expect(() => box.open(changed, "bk_1")).toThrow(/auth/i);
  });

  test.each([4, 8, 12, 15])("takes no tag that was cut to %i bytes", (length) => {
    const box = createSecretBox([first]);
    const sealed = box.seal(PLAIN, "bk_1");
    const tag = Buffer.from(sealed.tag, "base64").subarray(0, length).toString("base64");
    expect(() => box.open({ ...sealed, tag }, "bk_1")).toThrow(/tag/i);
  });

  test("seals with the first key and opens with every one", () => {
    const sealed = createSecretBox([first]).seal(PLAIN, "bk_1");
    const rotated = createSecretBox([second, first]);
    expect(rotated.open(sealed, "bk_1")).toBe(PLAIN);
    expect(rotated.seal(PLAIN, "bk_1").keyId).toBe("2027");
    expect(() => createSecretBox([second]).open(sealed, "bk_1")).toThrow(
      "no encryption key with id 2026",
    );
  });

  test("opens nothing with another key of the same id", () => {
    const sealed = createSecretBox([first]).seal(PLAIN, "bk_1");
    const impostor = createSecretBox([{ id: first.id, secret: second.secret }]);
    expect(() => impostor.open(sealed, "bk_1")).toThrow(/auth/i);
  });

  test("hashes equal texts equally, also after a rotation, and others differently", () => {
    const box = createSecretBox([first]);
    const rotated = createSecretBox([second, first]);
    expect(box.hash("body")).toBe(rotated.hash("body"));
    expect(box.hash("body")).not.toBe(box.hash("body "));
    expect(box.hash("body")).not.toBe(createSecretBox([second]).hash("body"));
    expect(box.hash("body")).toMatch(/^[0-9a-f]{64}$/);
  });

  test("needs a key", () => {
    expect(() => createSecretBox([])).toThrow("at least one key");
  });
});
