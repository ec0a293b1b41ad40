/** What a broker answers to any request, as far as a client can tell: length, correlation id, and a body. */
export function answerTo(request: Buffer, body: Uint8Array): Buffer {
  const head = Buffer.alloc(8)
  head.writeInt32BE(4 + body.byteLength, 0)
  request.copy(head, 4, 8, 12)
  return Buffer.concat([head, body])
}

/** ApiVersions of a broker that speaks version 0 of nothing but Produce: error code, one range, no throttling. */
export function apiVersionsAnswer(request: Buffer): Buffer {
  const body = Buffer.alloc(2 + 4 + 6 + 4)
  body.writeInt32BE(1, 2)
  return answerTo(request, body)
}
