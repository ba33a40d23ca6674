/** What is derived from the installation's one secret, and digests of keys. Needs no database. */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  randomInt,
  timingSafeEqual,
} from 'node:crypto';

/** SHA-256 as 64 hex characters: the form in which keys and trigger tokens are stored. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Compares two texts in a time that does not depend on where they differ. */
export function sameText(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(digest(one)), Buffer.from(digest(other)));
}

/** A new key of the API: 32 characters, 112 random bits behind its prefix. */
export function makeKey(): string {
  return `tgk_${randomBytes(14).toString('hex')}`;
}

/** The part of a key that lists show, to tell keys apart. */
export function keyPrefix(key: string): string {
  return key.slice(0, 8);
}

const capitals = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const digits = '0123456789';

/** The id of a new access key, in the form that vendors' SDKs send in clear. */
export function makeAccessKeyId(): string {
  return `TGAK${randomText(capitals + digits, 20)}`;
}

/** The secret of a new access key: 30 characters, 178 random bits. */
export function makeAccessKeySecret(): string {
  return randomText(capitals + capitals.toLowerCase() + digits, 30);
}

function randomText(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}

/** A new id: 32 lower-case hex characters. */
export function makeId(): string {
  return randomBytes(16).toString('hex');
}

/** What the sealed secrets of a connection are bound to. */
export function placeOf({ tenant, name }: { tenant: string; name: string }): string {
  return `${tenant}/${name}`;
}

/** What the sealed secret of an access key is bound to; no connection is named so. */
export function placeOfAccessKey({ tenant, id }: { tenant: string; id: string }): string {
  return `${tenant}/access-key/${id}`;
}

/** Keys for each purpose, derived by HKDF (RFC 5869) from the installation's secret. */
export class Secrets {
  private readonly tokenKey: Buffer;
  private readonly draftKey: Buffer;
  private readonly idKey: Buffer;
  private readonly connectionKey: Buffer;
  private readonly webhookKey: Buffer;

  /** @param secret `TABLEGATE_SECRET`, or the generated text in the data folder */
  constructor(secret: string) {
    const derive = (purpose: string): Buffer =>
      Buffer.from(hkdfSync('sha256', secret, 'tablegate', purpose, 32));
    this.tokenKey = derive('trigger-token');
    this.draftKey = derive('draft-id');
    this.idKey = derive('task-id');
    this.connectionKey = derive('connection-secrets');
    this.webhookKey = derive('webhook-secret');
  }

  /** Tells two secrets apart without telling anything of them. */
  fingerprint(): string {
    return hmac(this.idKey, ['fingerprint']);
  }

  /** The token in a table's trigger URL: 40 hex characters, the same whenever it is asked for. */
  triggerToken(tenant: string, taskId: string, table: string, version: number): string {
    return hmac(this.tokenKey, [tenant, taskId, table, String(version)]).slice(0, 40);
  }

  /** The id that an Idempotency-Key stands for. */
  idOfKey(tenant: string, userId: string, key: string): string {
    return hmac(this.idKey, [tenant, userId, key]).slice(0, 32);
  }

  /** A task id that says, signed, until when it may be saved under. */
  makeDraftId(tenant: string, expiresAt: Date): string {
    const seconds = Math.floor(expiresAt.getTime() / 1000);
    const body = seconds.toString(16).padStart(8, '0') + randomBytes(4).toString('hex');
    return body + hmac(this.draftKey, [tenant, body]).slice(0, 16);
  }

  /** When a draft id expires; null where it was not made here. */
  draftExpiry(tenant: string, id: string): Date | null {
    const body = id.slice(0, 16);
    const signature = hmac(this.draftKey, [tenant, body]).slice(0, 16);
    return sameText(signature, id.slice(16)) ? new Date(parseInt(id.slice(0, 8), 16) * 1000) : null;
  }

  /** What a tenant's deliveries are signed with, in the form of Standard Webhooks: 32 bytes. */
  webhookSecret(tenant: string): string {
    const bytes = Buffer.from(hmac(this.webhookKey, [tenant]), 'hex');
    return `whsec_${bytes.toString('base64')}`;
  }

  /** Encrypts a JSON value (AES-256-GCM, bound to its place) for the store. */
  seal(place: string, value: Record<string, unknown>): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.connectionKey, nonce).setAAD(
      Buffer.from(place),
    );
    const sealed = Buffer.concat([cipher.update(JSON.stringify(value)), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
  }

  /** Undoes `seal`; throws where the text was made with another secret or for another place. */
  open(place: string, sealed: string): Record<string, unknown> {
    const bytes = Buffer.from(sealed, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', this.connectionKey, bytes.subarray(0, 12))
      .setAAD(Buffer.from(place))
      .setAuthTag(bytes.subarray(12, 28));
    const plain = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]);
    return JSON.parse(plain.toString()) as Record<string, unknown>;
  }
}

function hmac(key: Buffer, parts: string[]): string {
  return createHmac('sha256', key).update(JSON.stringify(parts)).digest('hex');
}
