import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";

export interface SealedText {
  keyId: string;
  iv: string;
  tag: string;
  data: string;
}

/** Encrypts short secrets for one record each, and makes keyed hashes. */
export interface SecretBox {
  /** `boundTo` is the record's id: the sealed text opens for no other record. */
  seal(plain: string, boundTo: string): SealedText;
  /** Throws when the key is unknown, the record is another, or a bit was changed. */
  open(sealed: SealedText, boundTo: string): string;
  /** Keyed hash of a request body: tells equal from different and gives nothing away. */
  hash(text: string): string;
}

/** AES-256-GCM. The first key seals, every key opens: rotation is a new first key. */
export function createSecretBox(keys: readonly { id: string; secret: Buffer }[]): SecretBox {
  const [active] = keys;
  if (active === undefined) throw new Error("a secret box needs at least one key");
  // The oldest key makes hashes, so that a rotation does not change what equal bodies hash to.
  const oldest = keys.at(-1) ?? active;
  const hashKey = Buffer.from(hkdfSync("sha256", oldest.secret, "", "request-body-hash", 32));
  return {
    seal(plain, boundTo) {
      const iv = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", active.secret, iv);
      cipher.setAAD(Buffer.from(boundTo));
      const data = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
      return {
        keyId: active.id,
        iv: iv.toString("base64"),
        tag: cipher.getAuthTag().toString("base64"),
        data: data.toString("base64"),
      };
    },
    open(sealed, boundTo) {
      const key = keys.find((one) => one.id === sealed.keyId);
      if (key === undefined) throw new Error(`no encryption key with id ${sealed.keyId}`);
      const decipher = createDecipheriv(
        "aes-256-gcm",
        key.secret,
        Buffer.from(sealed.iv, "base64"),
        // Node would take a shorter tag too, and a short one can be guessed.
        { authTagLength: 16 },
      );
      decipher.setAAD(Buffer.from(boundTo));
      decipher.setAuthTag(Buffer.from(sealed.tag, "base64"));
      const data = Buffer.from(sealed.data, "base64");
      return Buffer.concat([decipher.update(data), decipher.final()]).toString("utf8");
    },
    hash: (text) => createHmac("sha256", hashKey).update(text).digest("hex"),
  };
}
