import type { Answer } from '../answer.ts'
import { nameOf } from '../fields/current-fields.ts'
import type { BareItem, Item } from '../fields/structured-field.ts'
import { each, type Ruling, type Subject } from '../rule.ts'

/** An item of `RateLimit-Policy` (`policy`) or of `RateLimit` (`current`), as of draft-08 to -11. */
export type ItemField = 'policy' | 'current'

const fieldNames: Record<ItemField, string> = { policy: 'RateLimit-Policy', current: 'RateLimit' }

/** All items of the field in all answers, of those lists that could be read. */
export function itemsOf(answers: readonly Answer[], field: ItemField): Subject<Item>[] {
  return answers.flatMap(({ seen: { line }, fields }) => {
    const list = fields[field]
    return list?.ok ? list.value.map((value) => ({ line, value })) : []
  })
}

/** Why there is nothing to test about the field: it is not there, or in an older dialect. */
export function noField(answers: readonly Answer[], field: ItemField): string {
  const spoken = new Set(answers.flatMap(({ dialects }) => dialects))
  spoken.delete('draft-08')
  const others = [...spoken].sort().join(', ')
  const name = fieldNames[field]
  if (answers.some(({ fields }) => fields[field] !== undefined)) return `no ${name} can be read`
  return `no answer has a ${name} in the form of draft-08 to -11${others === '' ? '' : `; they speak ${others}`}`
}

/** A rule about a parameter of the field's items, where it is there. */
export function eachParameter(
  answers: readonly Answer[],
  field: ItemField,
  key: string,
  wrong: (value: BareItem) => string | undefined,
): Ruling {
  const having = itemsOf(answers, field).filter(({ value }) => value.parameters.has(key))
  const none = itemsOf(answers, field).length === 0 ? noField(answers, field) : `no item has ${key}`
  return each(having, none, 'item', (item) => {
    const mistake = wrong(item.parameters.get(key) as BareItem)
    return mistake === undefined ? undefined : `has ${mistake} as ${key} of ${shownName(item)}`
  })
}

/** A rule that each item of the field has the parameter. */
export function eachHas(answers: readonly Answer[], field: ItemField, key: string): Ruling {
  return each(itemsOf(answers, field), noField(answers, field), 'item', (item) =>
    item.parameters.has(key) ? undefined : `has none in ${shownName(item)}`,
  )
}

/** A rule that the field is in no trailer section. */
export function neverInTrailer(answers: readonly Answer[], field: ItemField): Ruling {
  const seen = answers.flatMap(({ seen: { line, trailers } }) =>
    trailers === undefined ? [] : [{ line, value: trailers }],
  )
  const name = fieldNames[field]
  const none = 'the client that sent the requests does not see trailers; one that shows them would settle it'
  return each(seen, none, 'answer', (trailers) =>
    trailers.some(([each]) => each === name.toLowerCase()) ? `has ${name} in its trailer` : undefined,
  )
}

/** What is wrong with a value that is to be a whole number from `least` on. */
export function noInteger(least: number): (value: BareItem) => string | undefined {
  return (value) => (value.type === 'integer' && value.value >= least ? undefined : shownValue(value))
}

/** What is wrong with a value that is to be a Byte Sequence. */
export function noBytes(value: BareItem): string | undefined {
  return value.type === 'bytes' ? undefined : shownValue(value)
}

/** A value as a person is told of it: `the string "5"`, `the integer 5`. */
export function shownValue({ type, value }: BareItem): string {
  return `the ${type.replace('-', ' ')} ${typeof value === 'string' ? `"${value}"` : String(value)}`
}

/** The item's name in quotation marks. */
export function shownName(item: Item): string {
  const name = nameOf(item)
  return name === undefined ? 'an item without a name' : `"${name}"`
}
