import type { Context } from '../harness/context';
import type { Measured } from '../harness/measure';

/** The least that looking at every entry can take. */
export function measureFind({ measure }: Context, tree: string): Promise<Measured> {
  return measure({ argv: ['find', tree, '-printf', '%p %s %T@\\n'] });
}

/** The least that reading and compressing everything on one core can take. */
export function measureTarZstd({ measure }: Context, tree: string): Promise<Measured> {
  return measure({ argv: ['sh', '-c', 'tar -C "$1" -cf - . | zstd -3 -q -c > /dev/null', 'sh', tree] });
}
