const patterns: readonly [RegExp, string][] = [
  [/([?&;]?\bsig=)[^&;\s"']+/gi, '$1***'],
  [/(\bAccountKey=)[^;\s"']+/gi, '$1***'],
  [/(\bSharedAccessSignature=)[^;\s"']+/gi, '$1***'],
  [/(\b(?:password|pwd|secret|code|key)=)[^&;\s"']+/gi, '$1***'],
  [/(\bBearer\s+)[\w.~+/-]+=*/gi, '$1***'],
  [/(\/\/[^/\s:@]+:)[^@\s/]+@/g, '$1***@'],
];

/** Removes credentials that SDKs put into messages: SAS signatures, account keys, bearer tokens, passwords in URLs. */
export function redact(text: string): string {
  return patterns.reduce((clean, [pattern, replacement]) => clean.replace(pattern, replacement), text);
}
