import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';

export interface AccessTokenClaims {
  /** The resource the token is good for, without a trailing slash. */
  readonly aud: string;
  readonly iss: string;
  readonly appid: string;
  readonly tid: string;
  /** Seconds since 1970. */
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
}

export interface AccessTokens {
  issue(grant: Pick<AccessTokenClaims, 'aud' | 'iss' | 'appid' | 'tid'>, lifetimeSeconds: number): string;
  /** The claims of a token of ours that has not expired; undefined for anything else. */
  verify(token: string): AccessTokenClaims | undefined;
}

/** Tokens shaped as JSON Web Tokens, signed with a key that lives as long as the process. */
export function createAccessTokens(): AccessTokens {
  const key = randomBytes(32);
  const header = encode({ typ: 'JWT', alg: 'HS256' });
  const sign = (text: string): Buffer => createHmac('sha256', key).update(text).digest();

  return {
    issue(grant, lifetimeSeconds) {
      const iat = secondsNow();
      const claims: AccessTokenClaims = { ...grant, iat, exp: iat + lifetimeSeconds, jti: randomUUID() };
      const signed = `${header}.${encode(claims)}`;
      return `${signed}.${sign(signed).toString('base64url')}`;
    },
    verify(token) {
      const [head, payload, signature] = token.split('.');
      if (head !== header || payload === undefined || signature === undefined) return undefined;
      if (!equal(sign(`${head}.${payload}`), Buffer.from(signature, 'base64url'))) return undefined;
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as AccessTokenClaims;
      return claims.exp > secondsNow() ? claims : undefined;
    },
  };
}

function secondsNow(): number {
  return Math.floor(Date.now() / 1000);
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function equal(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}
