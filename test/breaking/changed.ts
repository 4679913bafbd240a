import fc from 'fast-check'

/** A good document with pieces of it taken out, doubled, and put elsewhere, and pieces that mean something. */
export function changed(good: string): fc.Arbitrary<string> {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.constantFrom(
      ...'{}[]",:\n\r\0\\ -&*|#'.split(''),
      '1e999',
      '-0',
      'null',
      '\u2028',
      '\ud800',
      '\\ud800',
      '__proto__',
    ),
    fc.tuple(fc.nat(good.length), fc.nat(40)).map(([at, length]) => good.slice(at, at + length)),
  )
  const change = fc.tuple(fc.nat(good.length), fc.nat(30), piece)
  return fc.array(change, { minLength: 1, maxLength: 6 }).map((changes) => {
    let text = good
    for (const [at, length, inserted] of changes)
      text = text.slice(0, at) + inserted + text.slice(at + length)
    return text
  })
}
