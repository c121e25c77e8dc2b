// What the gateways' scripts bring along, as their documents describe it.

declare const KiwoomPaySDK: {
  f_setInit(...init: string[]): void;
  f_payTotalLink(fields: object): void;
};

declare const IMP: {
  init(...init: string[]): void;
  request_pay(fields: object, callback: (answer: PortoneAnswer) => void): void;
};

interface PortoneAnswer {
  imp_uid?: string | null;
  merchant_uid?: string;
  error_msg?: string | null;
}

declare function GetField(form: HTMLFormElement, answer: unknown): void;
declare function KCP_Pay_Execute(form: HTMLFormElement): void;

interface Window {
  m_Completepayment?: (answer: unknown, closeWindow: () => void) => void;
}
