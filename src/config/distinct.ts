/** The same items in their order, each once. */
export function distinct<T>(items: readonly T[]): readonly T[] {
  return [...new Set(items)];
}
