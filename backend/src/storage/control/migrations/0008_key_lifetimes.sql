-- A key may end by itself, and may take over from another one while both are good for a time.
ALTER TABLE control.keys
  -- How long it was made for. Its end may come sooner: a rotation moves it.
  ADD COLUMN life_ms      double precision CHECK (life_ms > 0),
  ADD COLUMN expires_at   timestamptz,
  -- To the minute or so: written after the request, not in its way.
  ADD COLUMN last_used_at timestamptz,
  ADD COLUMN replaces     text REFERENCES control.keys (key_id);
