-- user_firsts_v1: when a user was first seen, and when an agent run of that user first succeeded, as in the other store.
-- A minimum: what is rolled up twice changes nothing. What was there before is taken from landing, and when users were
-- first seen from their days, too: as the end of the day, so that an event that landing still holds tells the moment.
CREATE TABLE analytics.user_firsts_v1 (
  tenant_id      text        NOT NULL,
  milestone      text        NOT NULL,
  user_id        text        NOT NULL,
  team           text        NOT NULL,
  project        text        NOT NULL,
  received_month date        NOT NULL,
  first_at       timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, milestone, user_id, team, project, received_month)
);

INSERT INTO analytics.user_firsts_v1 (tenant_id, milestone, user_id, team, project, received_month, first_at)
SELECT tenant_id, milestone, user_id, team, project, date_trunc('month', received_at AT TIME ZONE 'UTC')::date, min(occurred_at)
FROM analytics.events_landing_v1
CROSS JOIN LATERAL unnest(CASE WHEN type = 'ai.coditect.agent.run.finished.v1' AND status = 'succeeded'
  THEN ARRAY['seen', 'runSucceeded'] ELSE ARRAY['seen'] END) AS milestone
WHERE user_id <> ''
GROUP BY 1, 2, 3, 4, 5, 6;

INSERT INTO analytics.user_firsts_v1 AS known (tenant_id, milestone, user_id, team, project, received_month, first_at)
SELECT tenant_id, 'seen', user_id, team, project, date_trunc('month', ends_at AT TIME ZONE 'UTC')::date, min(ends_at) - INTERVAL '1 millisecond'
FROM analytics.user_days_v1 JOIN analytics.rollup_days_v1 USING (tenant_id, local_day)
GROUP BY 1, 2, 3, 4, 5, 6
ON CONFLICT (tenant_id, milestone, user_id, team, project, received_month)
DO UPDATE SET first_at = LEAST(known.first_at, excluded.first_at);
