import PostalMime, { type Email } from "postal-mime";
import { SMTPServer } from "smtp-server";
import { TEST_CERTIFICATE } from "./certificate.ts";

/** A mail as it arrived. */
export interface ArrivedMail extends Email {
  raw: string;
  envelopeTo: string[];
}

/** At which command the server says no, and with which reply. */
export interface Refusal {
  at: "MAIL" | "RCPT" | "DATA" | "AUTH";
  code: number;
  /** How many times; without it until it is taken back. */
  times?: number;
}

/** A real mail server on loopback that keeps what it gets. */
export interface MailServer {
  url: string;
  port: number;
  mails: ArrivedMail[];
  /** Null: takes everything. */
  refusal: Refusal | null;
  /** Logins that were tried. */
  logins: { user: string; password: string }[];
  /** Called after the mail has been taken and before the client hears of it. */
  beforeAnswer: () => Promise<void>;
  close(): Promise<void>;
}

export interface MailServerOptions {
  port?: number;
  offersTls?: boolean;
}

export async function startMailServer(options: MailServerOptions = {}): Promise<MailServer> {
  const refuse = (at: Refusal["at"]): Error | null => {
    const { refusal } = state;
    if (refusal?.at !== at || refusal.times === 0) return null;
    if (refusal.times !== undefined) refusal.times -= 1;
    return Object.assign(new Error("no, 홍길동 <customer@example.com>"), {
      responseCode: refusal.code,
    });
  };
  const take = async (raw: Buffer, envelopeTo: string[]): Promise<void> => {
    const parsed = await PostalMime.parse(raw);
    state.mails.push({ ...parsed, raw: raw.toString("utf8"), envelopeTo });
    await state.beforeAnswer();
  };
  const server = new SMTPServer({
    ...TEST_CERTIFICATE,
    authOptional: true,
    allowInsecureAuth: true,
    hideSTARTTLS: options.offersTls !== true,
    disableReverseLookup: true,
    closeTimeout: 100,
    onAuth(auth, _session, done) {
      state.logins.push({ user: auth.username ?? "", password: auth.password ?? "" });
      const error = refuse("AUTH");
      if (error === null) done(null, { user: auth.username ?? "" });
      else done(error);
    },
    onMailFrom: (_address, _session, done) => done(refuse("MAIL")),
    onRcptTo: (_address, _session, done) => done(refuse("RCPT")),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const error = refuse("DATA");
        if (error !== null) return done(error);
        const arrived = take(
          Buffer.concat(chunks),
          session.envelope.rcptTo.map(({ address }) => address),
        );
        void answerAfter(arrived, done);
      });
    },
  });
  server.on("error", () => {});
  const port = await new Promise<number>((resolve) => {
    const listener = server.listen(options.port ?? 0, "127.0.0.1", () => {
      const address = listener.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
  const state: MailServer = {
    url: `smtp://127.0.0.1:${port}`,
    port,
    mails: [],
    refusal: null,
    logins: [],
    beforeAnswer: async () => {},
    close: () => new Promise((resolve) => server.close(resolve)),
  };
  return state;
}

async function answerAfter(arrived: Promise<void>, answer: () => void): Promise<void> {
  await arrived;
  answer();
}

/** A header as it stands on the wire, unfolded. */
export function headerOf(mail: ArrivedMail, name: string): string | undefined {
  return mail.headers.find(({ key }) => key === name.toLowerCase())?.value;
}
