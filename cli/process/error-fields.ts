/** What errors of Node, kafkajs, the Elasticsearch client and ours say of the cause in short values; all else may hold requests. */
const telling = [
  'code',
  'errno',
  'syscall',
  'address',
  'port',
  'path',
  'statusCode',
  'status',
  'type',
  'broker',
  'index',
]
const maxDepth = 5

export interface ErrorFields {
  type: string
  message: string
  stack?: string
  cause?: ErrorFields
  [field: string]: unknown
}

/** An error as it is logged: name, message, stack and short telling fields, with its causes; never the request or the answer that it carries. */
export function errorFields(error: unknown, depth = 0): ErrorFields {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) }
  const fields: ErrorFields = { type: error.name, message: error.message }
  for (const [name, value] of Object.entries(error)) {
    if (name in fields || !telling.includes(name)) continue
    if (typeof value === 'string' || typeof value === 'number') fields[name] = value
  }
  if (error.stack !== undefined) fields.stack = error.stack
  if (error.cause !== undefined && depth < maxDepth) fields.cause = errorFields(error.cause, depth + 1)
  return fields
}
