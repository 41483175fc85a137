import type { KnownEventType } from '@coditect/contracts';

/** Event types by the short names that the catalogue uses. */
export const eventTypes = {
  agentRunFinished: 'ai.coditect.agent.run.finished.v1',
  modelCalled: 'ai.coditect.agent.model.called.v1',
  toolCalled: 'ai.coditect.agent.tool.called.v1',
  promptSubmitted: 'ai.coditect.agent.prompt.submitted.v1',
  sessionStarted: 'ai.coditect.ide.session.started.v1',
  commandExecuted: 'ai.coditect.ide.command.executed.v1',
  suggestionShown: 'ai.coditect.ide.suggestion.shown.v1',
  suggestionAccepted: 'ai.coditect.ide.suggestion.accepted.v1',
  workflowRunFinished: 'ai.coditect.workflow.run.finished.v1',
  changeMerged: 'ai.coditect.workflow.change.merged.v1',
  changeReverted: 'ai.coditect.workflow.change.reverted.v1',
  marketplaceViewed: 'ai.coditect.marketplace.agent.viewed.v1',
  marketplaceInstalled: 'ai.coditect.marketplace.agent.installed.v1',
  marketplaceUninstalled: 'ai.coditect.marketplace.agent.uninstalled.v1',
  seatPurchased: 'ai.coditect.licence.seat.purchased.v1',
  seatAssigned: 'ai.coditect.licence.seat.assigned.v1',
  seatReleased: 'ai.coditect.licence.seat.released.v1',
  apiRequest: 'ai.coditect.api.request.completed.v1',
} as const satisfies Record<string, KnownEventType>;
