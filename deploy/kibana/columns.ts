/** A column of a Lens layer, as Kibana stores it. */
export type Column = Record<string, unknown> & { operationType: string; isBucketed: boolean; references?: string[] }
/** By the name under which the visualization shows them; the names of parts are never shown. */
export type Columns = Record<string, Column>

const number = { dataType: 'number', isBucketed: false, scale: 'ratio', customLabel: true }

/** One bar for each while, as long as suits the time range. */
export function overTime(): Column {
  const params = { interval: 'auto', includeEmptyRows: true, dropPartials: false }
  const label = '@timestamp'
  return {
    label,
    dataType: 'date',
    operationType: 'date_histogram',
    sourceField: label,
    isBucketed: true,
    scale: 'interval',
    params,
  }
}

export interface TopOptions {
  label: string
  size: number
  /** The column that decides which come first. */
  by: string
  /** One more for all the rest. @default true */
  other?: boolean
  dataType?: 'string' | 'number'
}

/** The most frequent values of a field. */
export function top(sourceField: string, { label, size, by, other = true, dataType = 'string' }: TopOptions): Column {
  const params = {
    size,
    orderBy: { type: 'column', columnId: by },
    orderDirection: 'desc',
    otherBucket: other,
    missingBucket: false,
    parentFormat: { id: 'terms' },
  }
  return {
    label,
    customLabel: true,
    dataType,
    operationType: 'terms',
    sourceField,
    isBucketed: true,
    scale: 'ordinal',
    params,
  }
}

export function count(label = 'Events'): Column {
  return { ...number, label, operationType: 'count', sourceField: '___records___', params: { emptyAsNull: true } }
}

/** How many different values; above 3,000 an estimate. */
export function different(sourceField: string, label: string): Column {
  return { ...number, label, operationType: 'unique_count', sourceField, params: { emptyAsNull: true } }
}

export function extreme(operationType: 'min' | 'max', sourceField: string, label: string): Column {
  return { ...number, label, operationType, sourceField, params: { emptyAsNull: true } }
}

/**
 * Numbers that are missing in a sequence: how many there would be from the first to the last of `field`, less the events
 * there are. A formula as Lens stores it: itself, its parts and the arithmetic, each a column under `name`.
 */
export function missing(name: string, field: string, label: string): Columns {
  const formula = `max(${field}) - min(${field}) + 1 - count()`
  const part = `Part of ${label}`
  const parts = { last: `${name}X0`, first: `${name}X1`, count: `${name}X2`, sum: `${name}X3` }
  const call = (called: string, args: unknown[], text: string) => ({
    type: 'function',
    name: called,
    args,
    location: { min: 0, max: text.length },
    text,
  })
  const span = `max(${field}) - min(${field})`
  const spanned = call('subtract', [parts.last, parts.first], span)
  const tinymathAst = call('subtract', [call('add', [spanned, 1], `${span} + 1`), parts.count], formula)
  return {
    [name]: {
      ...number,
      label,
      operationType: 'formula',
      params: { formula, isFormulaBroken: false },
      references: [parts.sum],
    },
    [parts.last]: extreme('max', field, part),
    [parts.first]: extreme('min', field, part),
    [parts.count]: count(part),
    [parts.sum]: {
      ...number,
      label: part,
      operationType: 'math',
      params: { tinymathAst },
      references: [parts.last, parts.first, parts.count],
    },
  }
}
