import { closedBy, openWith, reparsePointOf, reparseRequest, type Target } from './chain';
import { closeRequest } from './create-close';
import type { SmbInfo } from './entry';
import type { ReparsePoint } from './reparse';
import type { Session } from './session';

/** What is there, whatever it is; of a link the link itself. */
export async function statOf(session: Session, target: Target): Promise<SmbInfo> {
  const opened = await openWith(session, { ...target, kind: 'any' }, [closeRequest]);
  await closedBy(session, opened, target.path);
  return opened.info;
}

export async function readReparsePoint(session: Session, target: Target): Promise<ReparsePoint> {
  const opened = await openWith(session, { ...target, kind: 'any' }, [reparseRequest, closeRequest]);
  await closedBy(session, opened, target.path);
  return reparsePointOf(opened.replies[0], target.path);
}
