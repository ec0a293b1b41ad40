import { z } from 'zod'

const node = z.looseObject({ type: z.string().optional(), properties: z.record(z.string(), z.unknown()).optional() })

/** Type by dotted name of each leaf of a mapping's `properties`. */
export function mappedFields(properties: Record<string, unknown>, prefix = ''): Record<string, string> {
  const fields = Object.entries(properties).flatMap(([name, child]) => {
    const { properties: inner, type = 'object' } = node.parse(child)
    return inner ? Object.entries(mappedFields(inner, `${prefix}${name}.`)) : [[`${prefix}${name}`, type] as const]
  })
  return Object.fromEntries(fields)
}
