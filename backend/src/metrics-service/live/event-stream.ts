import type { ServerResponse } from 'node:http';

/** Server-sent events of one response. */
export interface EventStream {
  /**
   * Sends an event whose data is one line; before the first one the head of the response. While the client has not read
   * what was sent before, only the latest of these events waits: what is in between is never sent, and nothing is piled
   * up.
   */
  send(event: string, data: string): void;
  /** A comment, so that nobody on the way takes the connection for dead. Drops a client that has read nothing since the last one. */
  beat(): void;
  /** Sends a last event and ends. */
  end(event: string, data: string): void;
}

/** `onDropped` is called when a client was too slow; its response is destroyed then. */
export function createEventStream(response: ServerResponse, onDropped: () => void): EventStream {
  let waiting: string | undefined;
  let wasFull = false;

  const isOver = (): boolean => response.writableEnded || response.destroyed;

  function write(text: string): void {
    if (!response.write(text)) {
      response.once('drain', () => {
        wasFull = false;
        const next = waiting;
        waiting = undefined;
        if (next !== undefined && !isOver()) write(next);
      });
    }
  }

  function open(): void {
    if (response.headersSent) return;
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // Proxies of the kind of nginx would wait for a full buffer.
      'x-accel-buffering': 'no',
    });
    // How long a client waits before it comes again.
    response.write('retry: 2000\n\n');
  }

  return {
    send(event, data) {
      if (isOver()) return;
      open();
      const text = format(event, data);
      if (response.writableNeedDrain) waiting = text;
      else write(text);
    },
    beat() {
      if (isOver()) return;
      if (!response.writableNeedDrain) {
        write(': still here\n\n');
        return;
      }
      if (!wasFull) {
        wasFull = true;
        return;
      }
      onDropped();
      response.destroy();
    },
    end(event, data) {
      if (isOver()) return;
      open();
      waiting = undefined;
      response.end(format(event, data));
    },
  };
}

function format(event: string, data: string): string {
  return `event: ${event}\ndata: ${data}\n\n`;
}
