import type { NameRules } from "../names.ts";

/** Bytes of EUC-KR; signs that would break a field or the contract read the same in another form. */
export const NAMES: NameRules = {
  charset: "cp949",
  unit: "bytes",
  lookalikes: new Map([
    ["|", "｜"],
    ["^", "＾"],
    ["[", "［"],
    ["]", "］"],
    ["–", "-"],
    ["—", "-"],
  ]),
};
