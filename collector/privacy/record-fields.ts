import { z } from 'zod'
import { type KafkaPosition, recordSchema } from '../../topic/record.ts'

/** A field as it is stored. */
export interface StoredField {
  /** Dotted: `client.ip`. */
  name: string
  /** Whether every stored event has it. */
  always: boolean
}

/** What a landed copy has beside the record, and whether each has it. */
const position: Record<keyof KafkaPosition, boolean> = {
  topic: true,
  partition: true,
  offset: true,
  skipped: false,
  generation: false,
}

/** Every field that the schema of records knows, and those of a landed copy, in the order in which they are stored. */
export function recordFields(): StoredField[] {
  const landed = Object.entries(position).map(([name, always]) => ({ name: `kafka.${name}`, always }))
  return [...leavesOf(recordSchema, '', true), ...landed]
}

function leavesOf(schema: z.ZodObject, prefix: string, always: boolean): StoredField[] {
  return Object.entries(schema.shape).flatMap(([key, member]) => {
    const optional = member instanceof z.ZodOptional
    const inner = optional ? member.unwrap() : member
    const name = prefix + key
    const there = always && !optional
    if (inner instanceof z.ZodUndefined) return []
    if (inner instanceof z.ZodObject) return leavesOf(inner, `${name}.`, there)
    return [{ name, always: there }]
  })
}
