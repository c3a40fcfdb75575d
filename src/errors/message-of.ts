/** The text of anything thrown. Looks at its shape: an error of another realm is no instance of this one's Error. */
export function messageOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('message' in error)) return String(error);
  const name = 'name' in error ? String(error.name) : 'Error';
  return String(error.message) || name;
}
