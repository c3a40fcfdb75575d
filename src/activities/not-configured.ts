import type { Component } from '../contracts/components';
import { HubkeepError } from '../errors/hubkeep-error';
import { restoreNotConfigured } from '../errors/restore-not-configured';
import { asOutcome } from '../errors/to-problem';

/** Stands where a component's settings are missing: a run that asks for it is told which. */
export function notConfigured(component: Component, setting: string) {
  return () =>
    asOutcome<never>(() =>
      Promise.reject(
        new HubkeepError('config.invalid', `${component} cannot be backed up: ${setting} is not set`, {
          hint: `Set ${setting}, or leave ${component} out of BACKUP_COMPONENTS.`,
        }),
      ),
    );
}

/** The same for restores. */
export function noRestoreHere() {
  return () => asOutcome<never>(() => Promise.reject(restoreNotConfigured()));
}
