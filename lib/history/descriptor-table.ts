import type { Descriptor, Scopes } from './history.ts'

/** The descriptors of a history while it is read: a record may mention one before it is declared. */
export interface DescriptorTable {
  /** Number of a descriptor, which is counted from 0 in the order of first mention. */
  numberOf(name: string): number
  /** @returns false where it was declared before, with other scopes: the first ones stay. */
  declare(name: string, scopes: Scopes): boolean
  isDeclared(name: string): boolean
  nameOf(number: number): string
  /** Those that were declared, in the order of their numbers. */
  declared(): Descriptor[]
  /** For each number its place in `declared()`, or -1. */
  places(): Int32Array
}

/** Makes an empty table. */
export function createDescriptorTable(): DescriptorTable {
  const numbers = new Map<string, number>()
  const names: string[] = []
  const scopesOf: (Scopes | undefined)[] = []

  function numberOf(name: string): number {
    const known = numbers.get(name)
    if (known !== undefined) return known
    numbers.set(name, names.length)
    scopesOf.push(undefined)
    return names.push(name) - 1
  }

  return {
    numberOf,
    declare(name, scopes) {
      const number = numberOf(name)
      const before = scopesOf[number]
      if (before) return sameScopes(before, scopes)
      scopesOf[number] = scopes
      return true
    },
    isDeclared(name) {
      const number = numbers.get(name)
      return number !== undefined && scopesOf[number] !== undefined
    },
    nameOf: (number) => names[number] as string,
    declared: () =>
      names.flatMap((name, number) => {
        const scopes = scopesOf[number]
        return scopes ? [{ name, scopes }] : []
      }),
    places() {
      let place = 0
      return Int32Array.from(scopesOf, (scopes) => (scopes ? place++ : -1))
    },
  }
}

function sameScopes(one: Scopes, other: Scopes): boolean {
  const names = Object.keys(one)
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name])
}
