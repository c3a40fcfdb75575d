import type { RecoveryPoint } from '../../contracts/recovery-point';
import type { Runbook, RunbookFormat } from '../../contracts/runbook';
import { jsonBytes } from '../../repository/json-blob';
import type { Mark } from '../../repository/marks';
import { buildRunbook } from './build-runbook';
import { renderMarkdown } from './render-markdown';
import type { Place, RunbookTools, Targets } from './tools';

export interface RunbookOptions {
  readonly targets?: Targets;
  /** Facts that were added to the point since. */
  readonly marks?: readonly Mark[];
}

/** How to recover from a point, for people. */
export interface Runbooks {
  readonly place: Place;
  of(point: RecoveryPoint, options?: RunbookOptions): Runbook;
  render(runbook: Runbook, format: RunbookFormat): string;
  /** What is stored with a point when it is made: nothing of it depends on when or where that is done. */
  stored(point: RecoveryPoint): Record<RunbookFormat, string>;
}

export function createRunbooks(place: Place, tools: RunbookTools): Runbooks {
  const of: Runbooks['of'] = (point, { targets = {}, marks } = {}) => buildRunbook({ point, place, tools, targets, marks });

  function render(runbook: Runbook, format: RunbookFormat): string {
    switch (format) {
      case 'md':
        return renderMarkdown(runbook);
      case 'html':
        return tools.page(runbook);
      case 'json':
        return jsonBytes(runbook).toString('utf8');
    }
  }

  return {
    place,
    of,
    render,
    stored(point) {
      const runbook = of(point);
      return { md: render(runbook, 'md'), html: render(runbook, 'html'), json: render(runbook, 'json') };
    },
  };
}
