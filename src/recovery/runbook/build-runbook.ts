import type { Runbook } from '../../contracts/runbook';
import { controllersSection } from './controllers';
import { databasesSection } from './databases';
import { factsOf } from './facts';
import { fileShareSection } from './fileshare';
import { afterwardsSection, cleanUpSection, functionAppsSection, unknownSection } from './finish';
import { noticesOf } from './notices';
import { prepareSection } from './prepare';
import { proveSection } from './prove';
import { secretsSection } from './secrets';
import type { RunbookInput } from './tools';

/** The recovery of one point with its real names in it. The same input gives the same document, whenever it is made. */
export function buildRunbook(input: RunbookInput): Runbook {
  const { point } = input;
  return {
    kind: 'runbook',
    format: 1,
    title: `Recovery of App Service on stamp ${point.stamp} from point ${point.id}`,
    stamp: point.stamp,
    recoveryPoint: point.id,
    hubkeepVersion: point.hubkeepVersion,
    facts: factsOf(input),
    warnings: noticesOf(input),
    sections: [
      proveSection(input),
      prepareSection(input),
      databasesSection(input),
      fileShareSection(input),
      secretsSection(input),
      controllersSection(input),
      functionAppsSection(),
      afterwardsSection(),
      cleanUpSection(),
      unknownSection(),
    ],
  };
}
