import { describe, expect, test } from "vitest";
import { auditRound } from "../../bench/audit.ts";
import type { Approval, Book } from "../../bench/messages.ts";

const approvalOf = (customer: number, transactionId = `T${customer}`): Approval => ({
  transactionId,
  orderNumber: `KB-${transactionId}`,
  customerId: `r1-${customer}`,
  amount: 9900,
});

const bookOf = (customer: number): Book => ({
  customerId: `r1-${customer}`,
  paid: true,
  transactionId: `T${customer}`,
  advanced: true,
});

const three = [0, 1, 2];

describe("a round of the bench", () => {
  test("counts with one approval per due period and a database that agrees", () => {
    expect(
      auditRound(
        3,
        three.map((one) => approvalOf(one)),
        three.map(bookOf),
      ),
    ).toEqual([]);
  });

  test("does not count with a double approval, even under another order number", () => {
    const approvals = [...three.map((one) => approvalOf(one)), approvalOf(1, "T99")];
    expect(auditRound(3, approvals, three.map(bookOf))).toEqual(["1 approved more than once"]);
  });

  test("does not count with a period that was never approved but is paid in the database", () => {
    const approvals = [approvalOf(0), approvalOf(2)];
    expect(auditRound(3, approvals, three.map(bookOf))).toEqual([
      "1 never approved",
      "1 paid with another approval's number",
    ]);
  });

  test("does not count where the database says less than the ledger", () => {
    const approvals = three.map((one) => approvalOf(one));
    const unpaid = { ...bookOf(0), paid: false, transactionId: null };
    const another = { ...bookOf(1), transactionId: "T0" };
    const stuck = { ...bookOf(2), advanced: false };
    expect(auditRound(3, approvals, [unpaid, another, stuck])).toEqual([
      "1 not paid in the database",
      "1 paid with another approval's number",
      "1 without a next date",
    ]);
  });

  test("does not count with periods missing or approvals of nobody", () => {
    expect(auditRound(3, [approvalOf(0), approvalOf(7)], [bookOf(0)])).toEqual([
      "1 periods instead of 3",
      "1 approvals of nobody's period",
    ]);
  });
});
