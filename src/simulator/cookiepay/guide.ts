import type { GatewayGuide } from "../pages.ts";

/** A whole round with the default account: token, billing key, decrypt, payment, cancel. */
export const COOKIEPAY_GUIDE: GatewayGuide = {
  title: "CookiePayments 쿠키페이먼츠",
  curlLines: (baseUrl) => `BASE=${baseUrl}
JSON='content-type: application/json'
TOKEN=$(curl -s $BASE/payAuth/token -H "$JSON" \\
  -d '{"pay2_id":"sim_merchant","pay2_key":"sim_secret"}' | sed 's/.*"TOKEN":"\\([^"]*\\)".*/\\1/')

# A billing key, in plain text (leave ENC_YN out to get ENC_DATA)
BILLKEY=$(curl -s $BASE/Subscribe/billkeygen -H "$JSON" -H 'ApiKey: sim_secret' -H "TOKEN: $TOKEN" \\
  -d '{"API_ID":"sim_merchant","ORDERNO":"ISSUE-1","PRODUCTNAME":"구독","CARDNO":"4111111111111111","EXPIREDT":"2812","CARDPWD":"00","CARDAUTH":"900101","QUOTA":"00","TAXFREECD":"Y","BUYERID":"customer-1","ENC_YN":"N"}' \\
  | sed 's/.*"BILLKEY":"\\([^"]*\\)".*/\\1/')

# A payment; its reply is encrypted
ENC_DATA=$(curl -s $BASE/Subscribe/payments -H "$JSON" -H 'ApiKey: sim_secret' -H "TOKEN: $TOKEN" \\
  -d '{"API_ID":"sim_merchant","BILLKEY":"'$BILLKEY'","ORDERNO":"PAY-1","PRODUCTNAME":"구독","AMOUNT":"9900","TAXFREECD":"Y","QUOTA":"00","BUYERID":"customer-1"}' \\
  | sed 's/.*"ENC_DATA":"\\([^"]*\\)".*/\\1/')
TID=$(curl -s $BASE/EdiAuth/cookiepay_edi_decrypt -H "$JSON" -H 'ApiKey: sim_secret' \\
  -d '{"API_ID":"sim_merchant","ENC_DATA":"'$ENC_DATA'"}' | tee /dev/stderr | sed 's/.*"TID":"\\([^"]*\\)".*/\\1/')

# Give 1,000 won back, then look at the payment
curl -s $BASE/api/cancel -H "$JSON" -H 'ApiKey: sim_secret' -H "TOKEN: $TOKEN" \\
  -d '{"tid":"'$TID'","reason":"고객 요청","amount":"1000"}'
curl -s $BASE/api/paycert -H "$JSON" -H "TOKEN: $TOKEN" -d '{"tid":"'$TID'"}'
curl -s "$BASE/_sim/ledger?buyerId=customer-1"`,
};
