import type { ScopeRule } from './scope-rule.ts'

/** What rules are applied to: a request as another tool tells of it. */
export interface Described {
  /** What it says under that name, or undefined. */
  field(name: string): string | undefined
  url: string | undefined
}

/** Gives requests that carry the same values of the scopes the same number. */
export interface DescriptorSorter {
  /** The number, counted from 0 in the order of first mention, or -1 where a request carries none of the scopes. */
  numberOf(request: Described): number
  /** For each number the values, in the order of the rules; undefined where it does not carry the scope. */
  readonly values: (string | undefined)[][]
}

/** Makes a sorter for some rules. */
export function createDescriptorSorter(rules: readonly ScopeRule[]): DescriptorSorter {
  const finders = rules.map(finderOf)
  const numbers = new Map<string, number>()
  const values: (string | undefined)[][] = []
  return {
    values,
    numberOf(request) {
      const found = finders.map((find) => find(request) || undefined)
      if (found.every((value) => value === undefined)) return -1
      const key = JSON.stringify(found)
      const known = numbers.get(key)
      if (known !== undefined) return known
      numbers.set(key, values.length)
      return values.push(found) - 1
    },
  }
}

function finderOf({ from }: ScopeRule): (request: Described) => string | undefined {
  switch (from.kind) {
    case 'tag':
    case 'field':
      return ({ field }) => field(from.name)
    case 'const':
      return () => from.value
    case 'url': {
      const pattern = new RegExp(from.pattern, 'u')
      return ({ url }) => {
        const match = url === undefined ? undefined : pattern.exec(url)
        return match?.[1] ?? match?.[0]
      }
    }
  }
}
