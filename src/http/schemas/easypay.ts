/** What is asked and answered about payments in a gateway's window. */
import { type Static, type TProperties, type TSchema, Type } from "typebox";
import { ORDER_STATUSES } from "../../domain/order-status.ts";
import { WALLETS } from "../../domain/wallet.ts";
import { FIELD_TEXTS, type FieldName } from "./field-texts.ts";
import { fields } from "./fields.ts";

function strict<P extends TProperties>(properties: P, example?: object) {
  return Type.Object(properties, {
    additionalProperties: false,
    ...(example === undefined ? {} : { examples: [example] }),
  });
}

function about(name: FieldName, example: unknown) {
  return { description: FIELD_TEXTS[name].en, examples: [example] };
}

function nullable<S extends TSchema>(schema: S) {
  return Type.Union([schema, Type.Null()]);
}

const orderId = Type.String({
  ...about("orderId", "ORDER-20260205-001"),
  pattern: "^[A-Za-z0-9_.-]{1,40}$",
});

const anything = Type.Record(Type.String({ maxLength: 40 }), Type.Unknown(), { maxProperties: 30 });

export const PrepareBody = strict(
  {
    orderId,
    amount: fields.amount,
    productName: fields.productName,
    customerName: fields.customerName,
    provider: Type.Optional(
      Type.Enum(["kiwoompay", "payup", "portone"], about("provider", "kiwoompay")),
    ),
    account: Type.Optional(fields.account),
    method: Type.Optional(Type.Enum([...WALLETS], about("method", "kakaopay"))),
    device: Type.Optional(Type.Enum(["pc", "mobile"], about("device", "pc"))),
    customerId: Type.Optional(fields.customerId),
    customerEmail: Type.Optional(fields.customerEmail),
    customerPhone: Type.Optional(fields.customerPhone),
    returnUrl: Type.Optional(
      Type.String({
        ...about("returnUrl", "https://shop.example/orders/1"),
        maxLength: 500,
        format: "browser-url",
      }),
    ),
    portone: Type.Optional(
      Type.Record(Type.String({ maxLength: 40 }), Type.Unknown(), {
        ...about("portone", { pay_method: "card", digital: false }),
        maxProperties: 30,
      }),
    ),
  },
  {
    orderId: "ORDER-20260205-001",
    amount: 9900,
    productName: "프리미엄 구독",
    customerName: "홍길동",
  },
);

export const CancelOrderBody = strict(
  { orderId, amount: Type.Optional(fields.amount), reason: Type.Optional(fields.reason) },
  { orderId: "ORDER-20260205-001", reason: "고객 요청" },
);

export const ConfirmBody = strict(
  {
    orderId,
    impUid: Type.Optional(
      Type.String({ ...about("impUid", "imp_123456789012"), pattern: "^[A-Za-z0-9_-]{1,32}$" }),
    ),
  },
  { orderId: "ORDER-20260205-001", impUid: "imp_123456789012" },
);

/** As the gateway documents it, which checks it. */
export const DeliveryBody = strict(
  { logis: anything, receiver: anything, sender: anything },
  {
    logis: {
      invoice: "1728384716123",
      company: "CJGLS",
      receiving_at: "20220215",
      address: "성수이로20길16",
    },
    receiver: { name: "홍길동" },
    sender: { relationship: "본인" },
  },
);

export const OrderParams = strict({ orderId });
export const ReturnParams = strict({ paymentId: fields.paymentId });

const instant = Type.String({ format: "date-time", examples: ["2027-03-15T01:00:00.000Z"] });
const orderFields = {
  orderId,
  paymentId: Type.String({ examples: ["pay_4k2v9x7c1m3n5b8q"] }),
  orderNumber: Type.String({
    description: "What the gateway knows the order by.",
    examples: ["KB-4K2V9X7C1M3N-1"],
  }),
  provider: Type.String({ examples: ["kiwoompay"] }),
  device: Type.Enum(["pc", "mobile"]),
  productName: Type.String(),
  amount: Type.Integer({ examples: [9900] }),
  refundedAmount: Type.Integer({ examples: [0] }),
  status: Type.Enum([...ORDER_STATUSES]),
  reason: nullable(Type.String({ description: "Why it is not paid, where that is known." })),
  method: nullable(Type.String({ description: "What it was paid with, as the gateway calls it." })),
  virtualAccount: nullable(
    Type.Object({
      bankName: Type.String(),
      accountNumber: Type.String(),
      holder: Type.String(),
      endsAt: nullable(instant),
    }),
  ),
  expiresAt: instant,
  paidAt: nullable(instant),
};

export const OrderResponse = Type.Object(orderFields);
export type OrderView = Static<typeof OrderResponse>;

export const PrepareResponse = Type.Object({
  ...orderFields,
  sdkData: Type.Record(Type.String(), Type.Unknown(), {
    description: "What the page hands to the gateway's script, or posts as a form.",
  }),
  script: nullable(Type.String({ description: "The gateway's script; null: post the form." })),
  init: Type.Array(Type.String(), { description: "What the script is initialised with." }),
  action: nullable(Type.String({ description: "Where the form is posted; null: use the script." })),
  returnUrl: Type.String({ description: "Where the window sends the browser." }),
});

export const MethodsResponse = Type.Object({
  methods: Type.Array(
    Type.Object({
      provider: Type.String({ examples: ["kiwoompay"] }),
      method: Type.String({ examples: ["kakaopay"] }),
      name: Type.Object({ en: Type.String(), ko: Type.String() }),
    }),
  ),
});

export const CanceledResponse = Type.Object({
  ...orderFields,
  refundId: nullable(Type.String({ examples: ["ref_4k2v9x7c1m3n5b8q"] })),
});
