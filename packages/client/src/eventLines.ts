/** One event of a `text/event-stream`. */
export interface StreamEvent {
  readonly type: string;
  /** Its lines of data; `undefined` when there are none, and nobody is to hear of it but for its id. */
  readonly data: string | undefined;
  /** The event's id, where it has one. */
  readonly id: string | undefined;
}

/**
 * Reads a `text/event-stream` that comes in pieces cut anywhere. An event without its closing empty line never was.
 * `retry` is left out: the client has its own waits. Source: HTML, 9.2.6, "Interpreting an event stream".
 *
 * @returns takes the next piece of text, as `TextDecoder` gives it: without a byte order mark
 */
export function eventReader(onEvent: (event: StreamEvent) => void): (text: string) => void {
  let rest = "";
  let fields: { [name: string]: string | undefined; data?: string; event?: string; id?: string } = {};

  function readLine(line: string): void {
    if (line === "") {
      const { event, data, id } = fields;
      onEvent({ type: event || "message", data, id });
      fields = {};
    } else {
      const [, name, value] = /^([^:]*):? ?(.*)/s.exec(line) as unknown as [string, string, string];
      if (name === "data" && fields.data !== undefined) fields.data += `\n${value}`;
      // An id with a null character does not count.
      else if (name !== "id" || !value.includes("\0")) fields[name] = value;
    }
  }

  return (text) => {
    // A carriage return at the end may be half of an end of line: it waits for what follows.
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    lines.forEach(readLine);
  };
}
