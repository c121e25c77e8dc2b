import { describe, expect, test } from "vitest";
import * as fc from "fast-check";
import { scrub } from "../../src/lib/scrub.ts";

describe("scrub", () => {
  test.each([
    ["plain", "카드 4111111111111111 거절"],
    ["grouped by blanks", "카드 4111 1111 1111 1111 거절"],
    ["grouped by dashes", "카드 4111-1111-1111-1111 거절"],
    ["grouped by dots", "카드 4111.1111.1111.1111 거절"],
    ["thirteen digits", "카드 4222222222222 거절"],
    ["nineteen digits", "카드 6011000990139424123 거절"],
    ["run together with an expiry", "카드 41111111111111112812 거절"],
    ["full-width digits", "카드 ４１１１１１１１１１１１１１１１ 거절"],
  ])("removes a card number: %s", (_case, text) => {
    expect(scrub(text)).toBe("카드 [removed] 거절");
  });

  test("leaves shorter numbers, dates and masked cards as they are", () => {
    const text = "잔액부족 43484979 (2026-02-05 17:59) 4111-11**-****-1111 9,900원";
    expect(scrub(text)).toBe(text);
  });

  test("removes the secrets of the call, short numbers only where they stand alone", () => {
    const secrets = ["sandbox_L5YPji+$", "12", "900101", ""];
    expect(scrub("키 sandbox_L5YPji+$ 비밀번호 12 생년월일 900101 코드 1012", { secrets })).toBe(
      "키 [removed] 비밀번호 [removed] 생년월일 [removed] 코드 1012",
    );
  });

  test("keeps at most the wanted length and no control characters", () => {
    expect(scrub(`a\u0000\r\n\u001b[31mb${"가".repeat(500)}`)).toHaveLength(200);
    expect(scrub("a\u0000\r\nb")).toBe("a b");
    expect(scrub("abcdef", { lengthMax: 3 })).toBe("abc");
  });

  test("leaves no digits of a card number that the bound on the input cut", () => {
    const text = `${"4111111111111111 x ".repeat(420)}4111111111111111`;
    expect(scrub(text, { lengthMax: 10_000 })).not.toMatch(/\d{4}/);
  });

  test("leaves no run of thirteen digits in any text", () => {
    const piece = fc.oneof(fc.string({ maxLength: 8 }), fc.stringMatching(/^[0-9 -]{1,30}$/));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        expect(scrub(pieces.join(""), { lengthMax: 400 })).not.toMatch(/\d(?:[ -]?\d){12}/);
      }),
    );
  });
});
