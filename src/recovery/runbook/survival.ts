import { isOfPublicAzure } from '../../contracts/azure-clouds';
import type { Warning } from '../../contracts/outcome';
import type { RunbookNotice } from '../../contracts/runbook';
import { say } from './text';
import type { Place } from './tools';

type Survival = 'dies-with-stamp' | 'on-this-machine' | 'on-a-stamp' | 'elsewhere';

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/;
const ofAStamp = /^[^.]+\.(blob|vault|adminvault)\.[^.]+\./;

/** What can be told from an address alone. Azure Stack Hub names its services `account.blob.region.fqdn`; public Azure does not end like that. */
export function survivalOf(address: string, stampDomain: string | undefined): Survival {
  const host = URL.canParse(address) ? new URL(address).hostname.toLowerCase() : '';
  if (loopback.test(host)) return 'on-this-machine';
  if (stampDomain !== undefined && host.endsWith(`.${stampDomain.toLowerCase()}`)) return 'dies-with-stamp';
  return stampDomain === undefined && ofAStamp.test(host) && !isOfPublicAzure(address) ? 'on-a-stamp' : 'elsewhere';
}

/** What the admin API of App Service tells of the domain of the stamp it runs on. */
export function stampDomainOf(adminUrl: string | undefined): string | undefined {
  if (adminUrl === undefined || !URL.canParse(adminUrl)) return undefined;
  return /^adminmanagement\.(.+)$/.exec(new URL(adminUrl).hostname)?.[1];
}

const diesWithStamp = 'does-not-survive-the-stamp';

function placesOf({ store, vault }: Place): { readonly what: string; readonly address: string }[] {
  return [
    { what: 'The store with the recovery points', address: store },
    ...(vault === undefined ? [] : [{ what: 'The vault with SystemSecrets.JSON', address: vault }]),
  ];
}

/** What every run says again until it is put right: only what is certain. */
export function survivalWarnings(place: Place): Warning[] {
  return placesOf(place)
    .filter(({ address }) => survivalOf(address, place.stampDomain) === 'dies-with-stamp')
    .map(({ what, address }) => ({
      code: diesWithStamp,
      message: `${what}, ${address}, lies on the stamp itself and is gone when the stamp is`,
      hint: 'Keep recovery points and secrets where the stamp is not, or copy them there.',
    }));
}

/** Store and vault, as far as they may not be there on the day they are needed. */
export function survivalNotices(place: Place): RunbookNotice[] {
  return placesOf(place).flatMap(({ what, address }) => {
    switch (survivalOf(address, place.stampDomain)) {
      case 'dies-with-stamp':
        return [
          {
            code: diesWithStamp,
            text: say`${[what]}, ${address}, lies on the stamp itself and is gone when the stamp is. Keep a copy elsewhere.`,
          },
        ];
      case 'on-this-machine':
        return [
          {
            code: 'on-this-machine',
            text: say`${[what]} is at ${address}: on the machine that Hubkeep ran on, and gone when that is.`,
          },
        ];
      case 'on-a-stamp':
        return [
          {
            code: 'may-not-survive-the-stamp',
            text: say`${[what]}, ${address}, has an address as Azure Stack Hub gives them. If it lies on this stamp, it is gone when the stamp is.`,
          },
        ];
      case 'elsewhere':
        return [];
    }
  });
}
