/** One event of a `text/event-stream`. */
export interface ServerEvent {
  name: string;
  data: string;
}

/**
 * Reads a `text/event-stream` in whatever pieces it comes. Comments, ids and retry times are passed over; an event
 * that is cut off by the end of the stream is none.
 */
export function createEventStreamReader(): (piece: Uint8Array) => ServerEvent[] {
  const decoder = new TextDecoder();
  let rest = '';
  let name = '';
  let data: string[] = [];

  const take = (line: string): ServerEvent | undefined => {
    if (line === '') {
      const event = data.length > 0 ? { name: name || 'message', data: data.join('\n') } : undefined;
      name = '';
      data = [];
      return event;
    }
    const { field, value } = splitField(line);
    if (field === 'event') {
      name = value;
    } else if (field === 'data') {
      data.push(value);
    }
    return undefined;
  };

  return (piece) => {
    rest += decoder.decode(piece, { stream: true });
    // A carriage return at the end may be the first half of a line break.
    const end = rest.endsWith('\r') ? rest.length - 1 : rest.length;
    const lines = rest.slice(0, end).split(/\r\n|\n|\r/u);
    rest = (lines.pop() ?? '') + rest.slice(end);
    return lines.flatMap((line) => take(line) ?? []);
  };
}

function splitField(line: string): { field: string; value: string } {
  const colon = line.indexOf(':');
  if (colon < 0) {
    return { field: line, value: '' };
  }
  return { field: line.slice(0, colon), value: line.slice(colon + 1).replace(/^ /u, '') };
}
