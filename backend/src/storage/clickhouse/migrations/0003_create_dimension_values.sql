-- dimension_values_v1: the values of each dimension with their counts, so that pickers never scan events.
-- Filled from the aggregates' own small blocks.
CREATE TABLE IF NOT EXISTS dimension_values_v1
(
    tenant_id LowCardinality(String),
    dimension LowCardinality(String),
    value String,
    received_month Date,
    events SimpleAggregateFunction(sum, UInt64)
)
ENGINE = AggregatingMergeTree
ORDER BY (tenant_id, dimension, value, received_month)
TTL received_month + INTERVAL 1830 DAY
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS dimension_values_of_activity_v1_mv TO dimension_values_v1 AS
SELECT tenant_id, pair.1 AS dimension, pair.2 AS value, received_month, sum(events) AS events
FROM activity_per_quarter_v1
ARRAY JOIN
    [('type', toString(type)), ('domain', toString(domain)), ('status', toString(status)), ('team', toString(team)),
     ('project', toString(project)), ('repository', toString(repository)), ('agent', toString(agent)),
     ('agentVersion', toString(agent_version)), ('model', toString(model)), ('workflow', toString(workflow)),
     ('tool', toString(tool)), ('language', toString(language)), ('kind', toString(kind))] AS pair
WHERE value != ''
GROUP BY tenant_id, dimension, value, received_month;

CREATE MATERIALIZED VIEW IF NOT EXISTS dimension_values_of_api_v1_mv TO dimension_values_v1 AS
SELECT tenant_id, pair.1 AS dimension, pair.2 AS value, received_month, sum(events) AS events
FROM api_requests_per_quarter_v1
ARRAY JOIN [('route', toString(route)), ('method', toString(method)), ('statusCode', toString(status_code))] AS pair
WHERE value != ''
GROUP BY tenant_id, dimension, value, received_month;
