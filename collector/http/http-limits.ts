/** What one connection may cost, whatever it sends. The README's table has what happens beyond each. */
export const httpLimits = {
  /** Names and values of a request's headers and its target together, bytes: 431 beyond. */
  headerBytes: 16 * 1_024,
  /** Header lines of a request for events: 431 beyond. Node's own limit is off, as it drops the lines beyond in silence. */
  headers: 100,
  /** How long the headers of a request may take, milliseconds: 408 beyond. */
  headersTimeoutMs: 5_000,
  /** How long a request as a whole may take to arrive, milliseconds: 408 beyond. A body for events has less. */
  requestTimeoutMs: 20_000,
  /** Open connections. Beyond it idle ones are closed; where none is idle, the new one is, unanswered. */
  sockets: 4_096,
  /** Requests on one connection: the last one is answered with `Connection: close`, and what a client sends after it with 503. */
  requestsPerSocket: 10_000,
  /** How long a connection may stand still with a request or an answer half-way, milliseconds: it is cut beyond. Longer than the topic may take. */
  standstillTimeoutMs: 30_000,
  /** How long an answer to what is no HTTP may take to leave, milliseconds: the connection is cut beyond. */
  lastAnswerTimeoutMs: 3_000,
  /** How long a connection may be idle, milliseconds: longer than the minute after which common load balancers drop one, so that the client side closes first. */
  keepAliveTimeoutMs: 65_000,
} as const
