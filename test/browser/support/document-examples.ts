/** Examples as the gateways' and the project's own documents print them, with an order's values. */

export type Fields = Readonly<Record<string, unknown>>;

/** What a shop's server was answered by `POST /easypay/prepare`. */
export interface Prepared {
  sdkData: Fields;
  init: string[];
  script: string | null;
  action: string | null;
  returnUrl: string;
}

/** The window's script and its two calls; `response` is what axios gives to the page. */
export const kiwoompayExample = (prepared: Prepared, mode = "'FRAME'") => `
<script src="${prepared.script}"></script>
<script>
const response = { data: ${JSON.stringify(prepared)} };
// SDK 초기화
KiwoomPaySDK.f_setInit('DEV', ${mode});

function pay() {
  // 결제창 호출
  KiwoomPaySDK.f_payTotalLink(response.data.sdkData);
}
${mode === "'FRAME'" ? "pay();" : ""}
</script>
<button onclick="pay()">결제하기</button>`;

/** 3.2.1 of KCP's document: a phone's form. */
export const kcpPhoneExample = ({ action, sdkData }: Prepared) =>
  fill(KCP_PHONE, { ...sdkData, ordr_idx: sdkData["ordr_idxx"], pay_url: action });

/** 3.2.2: a PC's form, with what the document leaves to the merchant: the form is sent to us. */
export const kcpPcExample = ({ script, sdkData, returnUrl }: Prepared) =>
  fill(KCP_PC, {
    ...sdkData,
    ordr_idx: sdkData["ordr_idxx"],
    buysr_name: sdkData["buyr_name"],
    script,
    returnUrl,
  });

/** PortOne's page on KiwoomPay, with the merchant's code and the callback filled in. */
export const portoneExample = ({ script, init, sdkData }: Prepared) => `
<script src="${script}"></script>
<script>
IMP.init(${JSON.stringify(init[0])});
IMP.request_pay(
  {
    channelKey: "{콘솔 내 연동 정보의 채널키}",
    pay_method: "card",
    merchant_uid: ${JSON.stringify(sdkData["merchant_uid"])},
    escrow: false,
    amount: 1004,
    name: "노스페이스 롱패딩 M",
    buyer_name: "홍길동",
    buyer_email: "hello@world.com",
    buyer_tel: "01012345678",
    digital: false, // 디지털로 계약되었다면 true로 설정
    m_redirect_url: ${JSON.stringify(sdkData["m_redirect_url"])},
    bypass: {
      // 키움페이 전용 파라미터
      daou: {
        PRODUCTCODE: "portone",
        CASHRECEIPTFLAG: 0,
      },
    },
    app_scheme: "portoneappscheme",
  },
  function (rsp) {
    document.title = rsp.imp_uid;
  },
);
</script>`;

/** Puts values where the document has their names in braces. */
function fill(printed: string, values: Fields): string {
  return printed.replaceAll(/"\{ ?(\w+) ?\}"/g, (_whole, name: string) =>
    JSON.stringify(String(values[name])),
  );
}

const KCP_PHONE = `
<form name="form" action="{ pay_url }" method="post" accept-charset="euc-kr">
  <input type="hidden" name="ordr_idx" value="{ordr_idx }">
  <input type="hidden" name="good_name" value="{good_name }">
  <input type="hidden" name="good_mny" value="{good_mny }">
  <input type="hidden" name="buyr_name" value="{buyr_name }">
  <input type="hidden" name="site_cd" value="{site_cd }">
  <input type="hidden" name="Ret_URL" value="{Ret_URL }">
  <input type="hidden" name="approval_key" value="{approval_key }">

  <!--고정값 -->
  <input type="hidden" name="req_tx" value="pay">
  <input type="hidden" name="pay_method" value="CARD">
  <input type="hidden" name="ActionResult" value="card">
  <input type="hidden" name="currency" value="410">
  <input type="hidden" name="escw_used" value="N">
  <input type="hidden" name="kakaopay_direct" value="Y">

  <!--추가 파라미터 (가맹점에서 별도의 값 전달시 사용) -->
  <input type="hidden" name="param_opt_1" value="">
  <input type="hidden" name="param_opt_2" value="">
  <input type="hidden" name="param_opt_3" value="">
</form>
<script>
  document.form.submit();
</script>`;

const KCP_PC = `
<form name="order_info" method="post" accept-charset="euc-kr">
  <input type="hidden" name="ordr_idx" value="{ ordr_idx }">
  <input type="hidden" name="good_name" value="{ good_name }">
  <input type="hidden" name="good_mny" value="{ good_mny }">
  <input type="hidden" name="buysr_name" value="{ buysr_name }">
  <input type="hidden" name="site_cd" value="{ site_cd }">

  <!--고정값 -->
  <input type="hidden" name="req_tx" value="pay">
  <input type="hidden" name="pay_method" value="100000000000"/>
  <input type="hidden" name="currency" value="410">
  <input type="hidden" name="kakaopay_direct" value="Y">
  <input type="hidden" name="module_type" value="01"/>

  <!--주문정보 검증 관련 정보 : 표준웹 에서 설정하는 정보입니다 -->
  <input type="hidden" name="ordr_chk" value=""/>

  <!--추가파라미터(가맹점에서 별도의 값 전달시 param_opt를 사용하여 값 전달) -->
  <input type="hidden" name="param_opt_1" value=""/>
  <input type="hidden" name="param_opt_2" value=""/>
  <input type="hidden" name="param_opt_3" value=""/>

  <input type="hidden" name="res_cd" value=""/>
  <input type="hidden" name="res_msg" value=""/>
  <input type="hidden" name="enc_info" value=""/>
  <input type="hidden" name="enc_data" value=""/>
  <input type="hidden" name="ret_pay_method" value=""/>
  <input type="hidden" name="tran_cd" value=""/>
  <input type="hidden" name="use_pay_method" value=""/>
  <input type="hidden" name="card_pay_method" value=""/>
</form>

<script>
function m_Completepayment(FormOrJson, closeEvent) {

var frm = document.order_info;

GetField(frm, FormOrJson);

if (frm.res_cd.value == "0000") {
    /*
        [가맹점 리턴값 처리 영역]
        인증이 완료되면 frm에 인증값이 들어갑니다. 해당 데이터를 가지고
        승인요청을 진행 해주시면 됩니다.

        */
    frm.action = "{ returnUrl }";
    frm.submit();

    } else {
        alert("[ " + frm.res_cd.value + " ] " + frm.res_msg.value);

        closeEvent();
    }
}

/* 이 함수를 실행하여 카카오결제창을 호출 합니다*/
function jsf__pay() {
    try {
        var form = document.order_info;
        KCP_Pay_Execute(form);
    } catch (e) {
        /* IE 에서 결제 정상종료시 throw로 스크립트 종료 */
    }
}
</script>
<script type="text/javascript"
    src="{ script }"></script>

<script>
jsf__pay();
</script>`;
