import { describe, expect, test } from "vitest";
import { hashPassword, randomPassword, verifyPassword } from "../../src/lib/password.ts";

describe("a hashed password", () => {
  test("is verified, and another is not", async () => {
    const stored = await hashPassword("비밀번호 correct horse");
    expect(await verifyPassword("비밀번호 correct horse", stored)).toBe(true);
    expect(await verifyPassword("비밀번호 correct hors", stored)).toBe(false);
    expect(await verifyPassword("", stored)).toBe(false);
  });

  test("is salted and says nothing of the password", async () => {
    const [one, other] = await Promise.all([hashPassword("secret-1"), hashPassword("secret-1")]);
    expect(one).not.toBe(other);
    expect(one).toMatch(/^scrypt:16384:8:1:[A-Za-z0-9+/]+=*:[A-Za-z0-9+/]+=*$/);
    expect(one).not.toContain("secret");
  });

  test.each([
    "",
    "secret-1",
    "bcrypt:1:2:3:c2FsdA==:aGFzaA==",
    "scrypt:16384:8:1:c2FsdA==",
    "scrypt:16384:8:1:c2FsdA==:",
    "scrypt:16384:8:1:c2FsdA==:aGFzaA==",
    "scrypt:0:8:1:c2FsdA==:aGFzaA==",
    "scrypt:x:y:z:c2FsdA==:aGFzaA==",
    "scrypt:1073741824:8:1:c2FsdA==:aGFzaA==",
  ])("that reads %j fits nothing", async (stored) => {
    expect(await verifyPassword("secret-1", stored)).toBe(false);
    expect(await verifyPassword("", stored)).toBe(false);
  });
});

describe("a random password", () => {
  test("differs each time and can be typed", () => {
    const passwords = Array.from({ length: 100 }, randomPassword);
    expect(new Set(passwords).size).toBe(100);
    for (const password of passwords) expect(password).toMatch(/^[\w-]{16}$/);
  });
});
