import type { ApiRoute } from './api-route';
import { listPointsSchema } from './api-schemas';
import type { ApiServices } from './api-services';
import { findPoint, listPoints } from './read-points';
import { readQuery } from './read-request';
import { json } from './responses';

/** What runs committed. */
export function recoveryPointRoutes({ points }: ApiServices): ApiRoute[] {
  return [
    {
      name: 'http-list-recovery-points',
      method: 'GET',
      path: 'recovery-points',
      isAnonymous: false,
      summary: 'The recovery points there are.',
      query: listPointsSchema,
      success: { status: 200, answer: 'RecoveryPointList' },
      handle: async (request) => json(200, await listPoints(points, readQuery(request, listPointsSchema).limit)),
    },
    {
      name: 'http-get-recovery-point',
      method: 'GET',
      path: 'recovery-points/{id}',
      isAnonymous: false,
      summary:
        'The commit record of one recovery point and what was marked on it since; `latest` is the newest not marked suspect.',
      success: { status: 200, answer: 'RecoveryPoint' },
      refusals: [404],
      async handle({ params }) {
        const { point } = await findPoint(points, params['id'] ?? '');
        return json(200, { ...point, marks: await points.marks(point.id) });
      },
    },
  ];
}
