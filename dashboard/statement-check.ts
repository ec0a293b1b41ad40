import type { DuckDBConnection } from '@duckdb/node-api'
import { z } from 'zod'

/** Table functions that only compute or describe. All others are refused: `enable_profiling` writes a file, `query` hides a statement. */
const allowedTableFunctions = new Set([
  'unnest',
  'range',
  'generate_series',
  'repeat',
  'repeat_row',
  'json_each',
  'json_tree',
  'summary',
  'duckdb_columns',
  'duckdb_functions',
  'duckdb_keywords',
  'duckdb_tables',
  'duckdb_types',
])

const refusedFunctions = new Set(['write_log'])

const parsed = z.union([
  z.object({ error: z.literal(true), error_message: z.string() }),
  z.object({ error: z.literal(false), statements: z.array(z.unknown()) }),
])

const onlySelect = 'Only SELECT (also FROM, DESCRIBE, SUMMARIZE and SHOW TABLES) can be run here.'

/**
 * Why the text may not be run, or undefined. DuckDB's own parser reads it, so quoting and comments hide nothing: it
 * must be one SELECT, and call no function that does more than compute.
 */
export async function refusalOf(connection: DuckDBConnection, sql: string): Promise<string | undefined> {
  const reader = await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)', [sql])
  const answer = parsed.parse(JSON.parse(String(reader.getRows()[0]?.[0])))
  if (answer.error) return answer.error_message.startsWith('Only SELECT') ? onlySelect : answer.error_message
  if (answer.statements.length !== 1) return 'One statement at a time, please.'
  const name = refusedFunction(answer.statements)
  return name === undefined ? undefined : `The function ${name} can't be used here.`
}

const tableFunction = z.looseObject({
  type: z.literal('TABLE_FUNCTION'),
  function: z.looseObject({ function_name: z.string() }),
})
const functionCall = z.looseObject({ function_name: z.string() })

function refusedFunction(node: unknown): string | undefined {
  if (typeof node !== 'object' || node === null) return undefined
  const table = tableFunction.safeParse(node)
  if (table.success && !allowedTableFunctions.has(table.data.function.function_name.toLowerCase()))
    return table.data.function.function_name
  const call = functionCall.safeParse(node)
  if (call.success && refusedFunctions.has(call.data.function_name.toLowerCase())) return call.data.function_name
  for (const inner of Object.values(node)) {
    const name = refusedFunction(inner)
    if (name !== undefined) return name
  }
  return undefined
}
