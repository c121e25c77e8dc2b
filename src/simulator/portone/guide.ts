import type { GatewayGuide } from "../pages.ts";

/** The four examples of the vendor's guide, with a token, and what a shop does besides. */
export const PORTONE_GUIDE: GatewayGuide = {
  title: "PortOne v1 포트원 (iamport)",
  curlLines: (baseUrl) => `BASE=${baseUrl}
JSON='Content-Type: application/json'
TOKEN=$(curl -s $BASE/users/getToken -H "$JSON" \\
  -d '{"imp_key":"sim_imp_key","imp_secret":"sim_imp_secret"}' | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
AUTH="Authorization: Bearer $TOKEN"

# The guide's own lines: a card once, a billing key, both at once, then by the billing key
curl -H "$AUTH" -H "Content-Type: application/json" \\
     -X POST -d '{"merchant_uid":"order_id_8237352", "card_number":"1234-1234-1234-1234", "expiry":"2019-01", "birth":"123456", "amount":3000}' \\
     $BASE/subscribe/payments/onetime
curl -H "$AUTH" -H "Content-Type: application/json" \\
     -X POST -d '{"card_number":"1234-1234-1234-1234", "expiry":"2025-12", "birth":"820213", "pwd_2digit":"00"}' \\
     $BASE/subscribe/customers/your-customer-unique-id
curl -H "$AUTH" -H "Content-Type: application/json" \\
     -X POST -d '{"customer_uid":"your-customer-unique-id", "merchant_uid":"order_id_8237353", "card_number":"1234-1234-1234-1234", "expiry":"2019-01", "birth":"123456", "amount":3000}' \\
     $BASE/subscribe/payments/onetime
curl -H "$AUTH" -H "Content-Type: application/json" \\
     -X POST -d '{"customer_uid":"your-customer-unique-id", "merchant_uid":"order_id_8237354", "amount":3000}' \\
     $BASE/subscribe/payments/again

# Look one up, give 1,000 won of it back, and see all that was paid
curl -s -H "$AUTH" $BASE/payments/find/order_id_8237354
curl -s -H "$AUTH" $BASE/payments/cancel \\
     -d merchant_uid=order_id_8237354 -d amount=1000 -d checksum=3000 -d reason=test
curl -s -H "$AUTH" "$BASE/payments/status/paid?limit=5"

# A payment window: the shop registers the amount, the customer's phone posts the order and presses a button
curl -s -H "$AUTH" $BASE/payments/prepare -d merchant_uid=mid_1234567890 -d amount=1004
WINDOW=$(curl -s $BASE/_sim/portone/request-pay -d imp_code=imp00000000 -d device=mobile \\
  --data-urlencode 'param={"channelKey":"channel-key","pay_method":"vbank","merchant_uid":"mid_1234567890","amount":1004,"name":"노스페이스 롱패딩 M","buyer_name":"홍길동","m_redirect_url":"https://allerts.com/payments/complete"}' |
  sed -n 's/.*name="window" value="\\([^"]*\\)".*/\\1/p')
curl -si $BASE/_sim/portone/window -d act=pay -d window=$WINDOW | grep -i '^location'
curl -s $BASE/_sim/portone/deposit -H "$JSON" -d '{"merchant_uid":"mid_1234567890"}'
curl -s -H "$AUTH" $BASE/payments/find/mid_1234567890
curl -s "$BASE/_sim/ledger?gateway=portone"`,
};
