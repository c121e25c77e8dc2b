import { describe, expect, test } from "vitest";
import { orderNumberOf } from "../../src/domain/order-number.ts";

describe("order numbers", () => {
  test("name the environment, the invoice and the attempt", () => {
    expect(orderNumberOf("KB", "A1B2C3D4E5F6", 1)).toBe("KB-A1B2C3D4E5F6-1");
    expect(orderNumberOf("KB", "A1B2C3D4E5F6", 30)).toBe("KB-A1B2C3D4E5F6-U");
  });

  test("fit every gateway up to the longest prefix and two digits of attempts", () => {
    const longest = orderNumberOf("KBTS", "A1B2C3D4E5F6", 36 ** 2 - 1);
    expect(longest).toBe("KBTS-A1B2C3D4E5F6-ZZ");
    expect(longest).toHaveLength(20);
    expect(() => orderNumberOf("KBTS", "A1B2C3D4E5F6", 36 ** 2)).toThrow("1 to 20 characters");
  });

  test("differ for every attempt of an invoice", () => {
    const numbers = Array.from({ length: 1295 }, (_none, index) =>
      orderNumberOf("KB", "A1B2C3D4E5F6", index + 1),
    );
    expect(new Set(numbers).size).toBe(1295);
  });

  test.each(["kb", "K_B", "한"])("refuse the prefix %s", (prefix) => {
    expect(() => orderNumberOf(prefix, "A1B2C3D4E5F6", 1)).toThrow("A-Z, 0-9 and -");
  });
});
