import type { FoundEvents } from '@coditect/contracts';

export const foundEvents: FoundEvents = {
  events: [
    {
      eventId: 'e2',
      time: '2026-03-02T09:00:01.000Z',
      receivedAt: '2026-03-02T09:00:02.000Z',
      type: 'ai.coditect.agent.run.finished.v1',
      level: 'error',
      line: 'agent run failed (reviewer)',
      fields: { agent: 'reviewer', session: 's1', status: 'failed' },
    },
    {
      eventId: 'e1',
      time: '2026-03-02T09:00:00.000Z',
      receivedAt: '2026-03-02T09:00:00.000Z',
      type: 'ai.coditect.ide.session.started.v1',
      level: 'info',
      line: 'session started',
      fields: { source: 'ide/1', team: 'core' },
    },
  ],
  meta: {
    asOf: '2026-03-02T10:00:00Z',
    completeUntil: '2026-03-02T09:59:00Z',
    source: ['events_raw_v1'],
    notices: [],
  },
};
