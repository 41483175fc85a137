-- events_raw_check_v1: takes the rows that events_raw_v1 takes, and keeps none. Tells which rows of a block are at fault
-- without storing the others. A migration that changes a column of events_raw_v1 makes it anew. Writer: stream-processor.
CREATE TABLE IF NOT EXISTS events_raw_check_v1 AS events_raw_v1 ENGINE = Null;
