/** `npm run bench -- NAME [options]`: see `npm run bench -- --help`. */
import { Command } from 'commander';
import { addColdLoadBench } from './cold-load';
import { addDatabaseBench } from './database';
import { addLargeBench } from './large';
import { addMemoryBench } from './memory';
import { addShareBench } from './share';
import { addSmallBench } from './small';
import { addSmbBench } from './smb';

const program = new Command('npm run bench --')
  .usage('NAME [options]')
  .description(
    'Measures Hubkeep beside other programs, into Azurite on this machine. Trees are kept in the temporary directory.',
  );
for (const add of [addShareBench, addSmallBench, addMemoryBench, addLargeBench, addDatabaseBench, addColdLoadBench, addSmbBench])
  add(program);

async function main(words: readonly string[]): Promise<void> {
  if (words.length === 0) program.outputHelp();
  else await program.parseAsync(words, { from: 'user' });
}

main(process.argv.slice(2))
  .then(() => process.exit(0))
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  });
