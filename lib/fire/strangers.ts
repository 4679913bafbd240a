import { addressesOf, type Bindings } from './bindings.ts'

/**
 * Origins that requests would go to and that nobody has named; empty where there are none.
 * @param named base addresses: those that a spec names.
 */
export function strangers(bindings: Pick<Bindings, 'descriptors'>, named: readonly string[]): string[] {
  const known = new Set(named.map((address) => new URL(address).origin))
  const used = Object.values(bindings.descriptors).flatMap(addressesOf)
  return [...new Set(used.map((address) => new URL(address).origin))].filter((origin) => !known.has(origin))
}
