import { describe, expect, test } from "vitest";
import { isDeclineCode } from "../../../src/domain/decline.ts";
import { KIWOOMPAY_DECLINES } from "../../../src/gateways/kiwoompay/declines.ts";
import { decodeEucKr, encodeEucKr } from "../../../src/gateways/kiwoompay/euc-kr.ts";
import { NAMES } from "../../../src/gateways/kiwoompay/name-rules.ts";
import { toName } from "../../../src/gateways/names.ts";
import { parseKoreaStamp } from "../../../src/gateways/korea-stamp.ts";

describe("the table of declines", () => {
  test("says of every code what it means and who says so", () => {
    for (const [code, { means, source }] of Object.entries(KIWOOMPAY_DECLINES)) {
      expect(code).toMatch(/^(\d{4}|FAIL(,FAIL)?)$/);
      expect(isDeclineCode(means)).toBe(true);
      expect(source).toMatch(/^\[(guide|observed|second-hand|simulator)\] /);
    }
  });

  test("has no code that means success, a refused token, or that nobody knows", () => {
    for (const code of ["0000", "9000", "9002", "9003", "9004", "9005", "9999"]) {
      expect(KIWOOMPAY_DECLINES).not.toHaveProperty(code);
    }
  });
});

describe("a name", () => {
  test.each([
    ["똠방각하 뷁 힣", "똠방각하 뷁 힣"],
    ["한글".normalize("NFD"), "한글"],
    ["café — crème", "cafe - creme"],
    ["A&B | C", "A＆B ｜ C"],
    ["😀 구독\t\n2 👨‍👩‍👧", "구독 2"],
    ["\u0007\ud800", ""],
    ["漢字 € ½", "漢字 € ½"],
  ])("%j is sent as %j", (text, sent) => {
    expect(toName(text, 50, NAMES)).toBe(sent);
    expect(decodeEucKr(encodeEucKr(sent))).toBe(sent);
  });

  test("is cut between characters, by its bytes", () => {
    expect(toName("가나다라", 5, NAMES)).toBe("가나");
    expect(toName("a가나", 4, NAMES)).toBe("a가");
    expect(toName("a 가", 2, NAMES)).toBe("a");
  });
});

describe("bytes", () => {
  test.each([
    ["8c6394ee", "똠뷁"],
    ["7b227822 3a22b0a1227d".replaceAll(" ", ""), '{"x":"가"}'],
    ["", ""],
  ])("%s are %j", (hex, text) => {
    expect(decodeEucKr(Buffer.from(hex, "hex"))).toBe(text);
  });

  test.each(["ff", "80", "b0", "b0a1b0", "eab080", "c9a1"])("%s are no EUC-KR", (hex) => {
    expect(decodeEucKr(Buffer.from(hex, "hex"))).toBeUndefined();
  });
});

describe("a stamp in Korean time", () => {
  test.each([
    ["20260205175611", "2026-02-05T08:56:11.000Z"],
    ["20260101000000", "2025-12-31T15:00:00.000Z"],
    ["20280229235959", "2028-02-29T14:59:59.000Z"],
  ])("%s is %s", (stamp, instant) => {
    expect(parseKoreaStamp(stamp)?.toISOString()).toBe(instant);
  });

  test.each([undefined, "", "20260205", "20261305175611", "20260230000000", "20260205245611", "x"])(
    "%j is none",
    (stamp) => {
      expect(parseKoreaStamp(stamp)).toBeUndefined();
    },
  );
});
