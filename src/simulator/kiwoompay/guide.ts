import type { GatewayGuide } from "../pages.ts";

/** A whole round with the default account: billing key, payment, cancel, each in two steps. */
export const KIWOOMPAY_GUIDE: GatewayGuide = {
  title: "KiwoomPay direct 키움페이",
  curlLines: (baseUrl) => `BASE=${baseUrl}
# Step 1 asks where step 2 goes; bodies and answers are EUC-KR (cp949)
ready() { curl -s $BASE/pay/ready -H 'content-type: application/json;charset=EUC-KR' -H 'Authorization: sim_kiwoom_key' -d "$1" >ready.json; }
step2() { iconv -f utf-8 -t cp949 | curl -s "$(field RETURNURL ready.json)" -H 'content-type: application/json;charset=EUC-KR' \\
  -H 'Authorization: sim_kiwoom_key' -H "TOKEN: $(field TOKEN ready.json)" --data-binary @- | iconv -f cp949 -t utf-8 | tee "$1"; echo; }
field() { sed 's/.*"'$1'":"\\([^"]*\\)".*/\\1/' "$2"; }
ORDER='"PRODUCTTYPE":"1","PRODUCTCODE":"P1","PRODUCTNAME":"똠양꿍 구독","IPADDRESS":"127.0.0.1","USERID":"customer-1","QUOTA":"00","TAXFREECD":"00"'

# A billing key
ready '{"CPID":"CTSIM001","PAYMETHOD":"CARD-KEYGEN"}'
echo '{"CPID":"CTSIM001","PAYMETHOD":"CARD-KEYGEN","ORDERNO":"ISSUE-1","BILLTYPE":"14","DIRECT_YN":"N","CARDNO":"4111111111111111","EXPIREDT":"203012","CARDAUTH":"900101","CARDPASSWORD":"00",'$ORDER'}' | step2 key.json

# A payment
ready '{"CPID":"CTSIM001","PAYMETHOD":"CARD-BATCH"}'
echo '{"CPID":"CTSIM001","PAYMETHOD":"CARD-BATCH","ORDERNO":"PAY-1","BILLTYPE":"14","AMOUNT":"9900","AUTOKEY":"'$(field AUTOKEY key.json)'",'$ORDER'}' | step2 pay.json

# Give 1,000 won back
ready '{"CPID":"CTSIM001","PAYMETHOD":"CARD-BATCH","CANCELREQ":"Y"}'
echo '{"CPID":"CTSIM001","PAYMETHOD":"CARD-BATCH","CANCELREQ":"Y","TRXID":"'$(field DAOUTRX pay.json)'","AMOUNT":"1000","CANCELREASON":"고객 요청"}' | step2 cancel.json
curl -s "$BASE/_sim/ledger?buyerId=customer-1"

# A payment window: the merchant's server asks for KIWOOM_ENC, the customer's browser posts the form and presses a button
curl -s $BASE/pay/hash -H 'content-type: application/json' -d '{"CPID":"CTSIM001","PAYMETHOD":"TOTAL","TYPE":"M","ORDERNO":"WINDOW-1","AMOUNT":"9900"}' >hash.json
curl -s $BASE/pay/linkEnc -d 'CPID=CTSIM001&PAYMETHOD=TOTAL&TYPE=M&ORDERNO=WINDOW-1&AMOUNT=9900&PRODUCTNAME=Book' --data-urlencode "KIWOOM_ENC=$(field KIWOOM_ENC hash.json)" >window.html
curl -s $BASE/_sim/kiwoompay/window -d "act=pay&method=KAKAOPAY&window=$(sed -n 's/.*name="window" value="\\([^"]*\\)".*/\\1/p' window.html)" | grep role=
curl -s "$BASE/_sim/ledger?orderNumber=WINDOW-1"`,
};
