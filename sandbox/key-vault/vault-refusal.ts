import type { HttpAnswer } from '../https-server';

/** An answer other than success, thrown by the operation that gives it. */
export class VaultRefusal extends Error {
  constructor(readonly answer: HttpAnswer) {
    super('refused');
  }
}

export interface RefusalText {
  readonly code: string;
  readonly message: string;
  readonly innerCode?: string;
}

/** The error body of Key Vault. */
export function refusal(
  status: number,
  { code, message, innerCode }: RefusalText,
  headers: Record<string, string> = {},
): VaultRefusal {
  const innererror = innerCode === undefined ? {} : { innererror: { code: innerCode } };
  return new VaultRefusal({ status, headers, body: { error: { code, message, ...innererror } } });
}

export const refusals = {
  badParameter: (message: string) => refusal(400, { code: 'BadParameter', message }),
  secretNotFound: (id: string) =>
    refusal(404, {
      code: 'SecretNotFound',
      message: `A secret with (name/id) ${id} was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182`,
    }),
  deletedSecretNotFound: (name: string) => refusal(404, { code: 'SecretNotFound', message: `Deleted Secret not found: ${name}` }),
  disabled: () =>
    refusal(403, {
      code: 'Forbidden',
      message: 'Operation get is not allowed on a disabled secret.',
      innerCode: 'SecretDisabled',
    }),
  deletedButRecoverable: (name: string) =>
    refusal(409, {
      code: 'Conflict',
      message: `Secret ${name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.`,
      innerCode: 'ObjectIsDeletedButRecoverable',
    }),
};
