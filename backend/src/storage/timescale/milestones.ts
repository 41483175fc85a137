/** What an event of a user is the first of, as names. For the columns `type` and `status`. */
export const milestonesSql = `unnest(CASE WHEN type = 'ai.coditect.agent.run.finished.v1' AND status = 'succeeded'
  THEN ARRAY['seen', 'runSucceeded'] ELSE ARRAY['seen'] END)`;
