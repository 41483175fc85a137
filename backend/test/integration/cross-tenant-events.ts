/** One of each kind that something is made of. Everything that can be a text has the name in it. */
export function eventsOf(name: string, time: string, isMarked: boolean): readonly object[] {
  const common = {
    userId: `${name}-user`,
    sessionId: `${name}-session`,
    team: `${name}-team`,
    project: `${name}-project`,
    repository: `${name}/repository`,
    language: `${name}-language`,
    kind: `${name}-kind`,
    branch: `${name}-branch`,
  };
  const agent = { agent: `${name}-agent`, agentVersion: `${name}-1`, model: `${name}-model` };
  const finished = { status: 'succeeded', durationMs: isMarked ? 987_654_321 : 5 };
  const cost = { costUsd: isMarked ? 7_654_321.5 : 1, tokensInput: 10, tokensOutput: 20 };
  const request = {
    method: 'GET',
    route: `/${name}/route`,
    statusCode: 200,
    durationMs: isMarked ? 987_654_321 : 5,
    responseBytes: 10,
  };
  const data: readonly (readonly [string, object])[] = [
    ['ide.session.started', {}],
    ['ide.command.executed', { tool: `${name}-tool` }],
    ['ide.suggestion.shown', agent],
    ['ide.suggestion.accepted', agent],
    ['agent.run.finished', { ...agent, ...finished, ...cost, workflow: `${name}-workflow` }],
    ['agent.model.called', { ...agent, ...cost }],
    ['agent.tool.called', { ...agent, ...finished, tool: `${name}-tool` }],
    ['workflow.run.finished', { ...finished, workflow: `${name}-workflow` }],
    ['workflow.change.merged', { workflow: `${name}-workflow` }],
    ['marketplace.agent.viewed', agent],
    ['marketplace.agent.installed', agent],
    ['licence.seat.purchased', { seats: 3 }],
    ['licence.seat.assigned', {}],
    ['api.request.completed', request],
    ...Array.from({ length: 12 }, () => ['api.request.completed', { ...request, statusCode: 503 }] as const),
  ];
  return data.map(([type, more], index) => ({
    specversion: '1.0',
    id: `${name}-team-${index}`,
    source: '/cross-tenant',
    subject: `${name}-subject`,
    type: `ai.coditect.${type}.v1`,
    time,
    data: { ...common, ...more },
  }));
}
