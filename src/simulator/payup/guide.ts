import type { GatewayGuide } from "../pages.ts";

/** A whole round with the default account: order, window, approval, cancellation. */
export const PAYUP_GUIDE: GatewayGuide = {
  title: "PayUp KakaoPay (KCP) 페이업 카카오페이",
  curlLines: (baseUrl) => `BASE=${baseUrl}
JSON='content-type: application/json; charset=utf-8'
sign() { printf %s "$1" | sha256sum | cut -d' ' -f1; }
AT=$(TZ=Asia/Seoul date +%Y%m%d%H%M%S)

# An order: what the payment window of a PC needs
SIGNATURE=$(sign "sim_payup|PAY-1|9900|sim_cert_key|$AT")
ORDER=$(curl -s $BASE/ep/api/kakao/sim_payup/order -H "$JSON" \\
  -d '{"orderNumber":"PAY-1","userAgent":"WP","amount":"9900","itemName":"구독","userName":"홍길동","returnUrl":"http://127.0.0.1/return","timestamp":"'$AT'","signature":"'$SIGNATURE'"}' \\
  | tee /dev/stderr | sed 's/.*"ordr_idxx":"\\([^"]*\\)".*/\\1/')

# The customer agrees, as in the window ("card" pays with a test card, "decline":true closes it)
AUTH=$(curl -s $BASE/_sim/payup/authenticate -H "$JSON" -d '{"ordr_idxx":"'$ORDER'"}')

# The approval, with what the window handed back
TID=$(curl -s $BASE/ep/api/kakao/sim_payup/pay -H "$JSON" -d "$AUTH" \\
  | tee /dev/stderr | sed 's/.*"transactionId":"\\([^"]*\\)".*/\\1/')

# Give it back, as a whole
curl -s $BASE/ep/api/kakao/sim_payup/cancel -H "$JSON" \\
  -d '{"transactionId":"'$TID'","cancelReason":"고객 요청","signature":"'$(sign "sim_payup|$TID|sim_cert_key")'"}'
curl -s "$BASE/_sim/ledger?gateway=payup"`,
};
