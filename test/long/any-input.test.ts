// The same readers as in the short run, with a million inputs in all.
process.env.ONSET_INPUTS ??= '170000'
await import('../breaking/any-input.test.ts')
