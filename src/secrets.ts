import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** One key for sealing. */
export interface SealingKey {
  /** Written beside everything it seals, so that keys can be rotated. */
  readonly id: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

/** Seals what must not be readable in the database: credentials, secrets of webhooks and keys. */
export interface Vault {
  /** The key that seals. */
  readonly keyId: string;
  /** @param purpose what it is and whose: sealed for one purpose, it opens for no other. */
  seal(plain: string, purpose: string): string;
  /** @throws {SealBroken} when it was sealed with an unknown key, for another purpose, or was changed. */
  open(sealed: string, purpose: string): string;
  /** A tag that only this installation can make: for addresses that nobody may guess. */
  tag(purpose: string): string;
  /** Whether it is such a tag, made with any of the keys. */
  isTag(tag: string, purpose: string): boolean;
}

/** Something sealed does not open. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';
}

const VERSION = 'v1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** @param keys the first one seals; all of them open. AES-256-GCM. */
export function createVault(keys: readonly [SealingKey, ...SealingKey[]]): Vault {
  const [current] = keys;
  return {
    keyId: current.id,
    seal: (plain, purpose) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', current.key, nonce).setAAD(Buffer.from(purpose));
      const body = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return `${VERSION}.${current.id}.${body.toString('base64url')}`;
    },
    open: (sealed, purpose) => {
      const [version, id, body] = sealed.split('.');
      const key = keys.find((candidate) => candidate.id === id);
      if (version !== VERSION || body === undefined) throw new SealBroken('not something that Deskbridge sealed');
      if (key === undefined) throw new SealBroken(`sealed with the key "${id ?? ''}", which DESKBRIDGE_KEYS does not contain`);
      return openWith(key, Buffer.from(body, 'base64url'), purpose);
    },
    tag: (purpose) => tagWith(current, purpose),
    isTag: (tag, purpose) => keys.some((key) => isSameSecret(tag, tagWith(key, purpose))),
  };
}

function openWith({ key, id }: SealingKey, body: Buffer, purpose: string): string {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, body.subarray(0, NONCE_BYTES)).setAAD(Buffer.from(purpose));
    decipher.setAuthTag(body.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(body.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8');
  } catch (cause) {
    throw new SealBroken(`does not open with the key "${id}" [purpose=${purpose}]`, { cause });
  }
}

/** 192 bits are beyond guessing. */
const tagWith = ({ key }: SealingKey, purpose: string): string =>
  createHmac('sha256', key).update(`tag/${purpose}`).digest().subarray(0, 24).toString('base64url');

/** Compares secrets in a time that does not depend on where they differ. */
export const isSameSecret = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** What is stored of a token that only its bearer may know: its SHA-256, in hexadecimal. */
export const hashToken = (token: string): string => digest(token).toString('hex');

/** A new token of 256 random bits, safe in URLs. */
export const newToken = (): string => randomBytes(32).toString('base64url');
