import { countTree } from './count-tree';

/** @throws when what was restored has not as many files and bytes as the tree that was backed up. */
export async function expectSameSize(root: string, restored: string): Promise<void> {
  const [wanted, found] = await Promise.all([countTree(root), countTree(restored)]);
  if (wanted.files === found.files && wanted.bytes === found.bytes) return;
  throw new Error(`restored were ${found.files} files of ${found.bytes} bytes instead of ${wanted.files} of ${wanted.bytes}`);
}
