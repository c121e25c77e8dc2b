/** What these scripts put on a merchant's page, or look for there. */
interface Window {
  simulatorWindows: {
    /** Posts these fields, in this charset, into the window or frame of that name. */
    post(
      fields: Readonly<Record<string, string>>,
      how: { action: string; target: string; charset: string },
    ): void;
    /** A layer over the page with an empty frame of this name in it. */
    openLayer(name: string, title: string): { frame: HTMLIFrameElement; close(): void };
  };
  KiwoomPaySDK: {
    f_setInit(hosts: string, windowMode?: string): void;
    f_payTotalLink(data: Readonly<Record<string, unknown>>): void;
  };
  IMP: {
    init(impCode: string): void;
    request_pay(
      param: Readonly<Record<string, unknown>>,
      callback?: (rsp: Readonly<Record<string, unknown>>) => void,
    ): void;
  };
  KCP_Pay_Execute(form: HTMLFormElement): void;
  GetField(form: HTMLFormElement, result: Readonly<Record<string, unknown>>): void;
  m_Completepayment?(result: Readonly<Record<string, unknown>>, closeEvent: () => void): void;
}
