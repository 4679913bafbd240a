// The same judgements as in the usual run, of limits that are as large as they are documented.
process.env.ONSET_LIMITS_DIVIDED ??= '1'
await import('../check/judge.test.ts')
