import { createBudget, type BudgetTools } from './budget.js';
import { createFunnel } from './funnel.js';
import type { AnalysisHandlers } from './analysis-handler.js';
import type { AnalysisTools } from './analysis-scope.js';
import { createLifecycle } from './lifecycle.js';
import { createPaths } from './paths.js';
import { createRetention } from './retention.js';
import { createSeatTransitions } from './seat-transitions.js';
import { createSeats } from './seats.js';

/** Every analysis that the service answers; a kind of one's own is added here. */
export function createAnalysisHandlers(tools: AnalysisTools & BudgetTools): AnalysisHandlers {
  return {
    funnel: createFunnel(tools),
    retention: createRetention(tools),
    lifecycle: createLifecycle(tools),
    paths: createPaths(tools),
    seats: createSeats(tools, tools.goals),
    'seat-transitions': createSeatTransitions(tools, tools.goals),
    budget: createBudget(tools),
  };
}
