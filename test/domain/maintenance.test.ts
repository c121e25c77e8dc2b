import { describe, expect, it } from "vitest";
import { maintenanceEnd, parseMaintenanceWindow } from "../../src/domain/maintenance.ts";

const SHOP = { gateway: "portone", account: "default" };
const at = (time: string) => new Date(`2026-12-01T${time}:00+09:00`);
const parse = (text: string) => {
  const window = parseMaintenanceWindow(text);
  if (window === null) throw new Error(`${text} is no window`);
  return window;
};

describe("announced maintenance", () => {
  it("is read with its zone, for all accounts of a gateway or for one", () => {
    expect(parse("portone=2026-12-01T01:00+09:00/2026-11-30T18:00Z")).toEqual({
      gateway: "portone",
      account: null,
      fromAt: at("01:00"),
      untilAt: at("03:00"),
    });
    expect(parse("portone/shop-2=2026-12-01T01:00+09:00/2026-12-01T03:00:30+09:00").account).toBe(
      "shop-2",
    );
  });

  it.each([
    "",
    "portone",
    "portone=2026-12-01T01:00+09:00",
    "portone=2026-12-01T01:00/2026-12-01T03:00",
    "portone=2026-12-01/2026-12-02",
    "portone=2026-12-01T03:00+09:00/2026-12-01T01:00+09:00",
    "portone=2026-12-01T01:00+09:00/2026-12-01T01:00+09:00",
    "portone=2026-12-41T01:00+09:00/2026-12-42T01:00+09:00",
    "=2026-12-01T01:00Z/2026-12-01T02:00Z",
    "portone/=2026-12-01T01:00Z/2026-12-01T02:00Z",
    "portone=2026-12-01T01:00Z/2026-12-01T02:00Z/2026-12-01T03:00Z",
  ])("is not %j", (text) => {
    expect(parseMaintenanceWindow(text)).toBeNull();
  });

  it("holds from its beginning until just before its end", () => {
    const windows = [parse("portone=2026-12-01T01:00+09:00/2026-12-01T03:00+09:00")];
    expect(maintenanceEnd(windows, SHOP, new Date(at("01:00").getTime() - 1))).toBeNull();
    expect(maintenanceEnd(windows, SHOP, at("01:00"))).toEqual(at("03:00"));
    expect(maintenanceEnd(windows, SHOP, at("03:00"))).toBeNull();
  });

  it("touches no other gateway and no other account", () => {
    const windows = [parse("portone/shop2=2026-12-01T01:00+09:00/2026-12-01T03:00+09:00")];
    expect(maintenanceEnd(windows, SHOP, at("02:00"))).toBeNull();
    const other = { gateway: "cookiepay", account: "shop2" };
    expect(maintenanceEnd(windows, other, at("02:00"))).toBeNull();
    expect(maintenanceEnd(windows, { ...SHOP, account: "shop2" }, at("02:00"))).not.toBeNull();
  });

  it("ends with the last of the windows that follow each other without a gap", () => {
    const windows = [
      parse("portone=2026-12-01T03:00+09:00/2026-12-01T04:00+09:00"),
      parse("portone=2026-12-01T01:00+09:00/2026-12-01T03:00+09:00"),
      parse("portone/other=2026-12-01T04:00+09:00/2026-12-01T05:00+09:00"),
      parse("portone=2026-12-01T05:00+09:00/2026-12-01T06:00+09:00"),
    ];
    expect(maintenanceEnd(windows, SHOP, at("02:00"))).toEqual(at("04:00"));
  });
});
