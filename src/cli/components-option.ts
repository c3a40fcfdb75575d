import { InvalidArgumentError } from 'commander';
import { components, type Component } from '../contracts/components';

/** A comma list of components, checked and written as the setting would be. */
export function parseComponents(written: string): string {
  const named = written.split(',').map((part) => part.trim());
  const unknown = named.filter((name) => !components.includes(name as Component));
  if (unknown.length === 0) return named.join(',');
  throw new InvalidArgumentError(`${unknown.map((name) => name || 'nothing').join(', ')} is none of ${components.join(', ')}.`);
}
