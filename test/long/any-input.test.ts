// The same readers as in the short run, with a million inputs in all, and as many answers of OnCall as fit beside.
process.env.ONSET_INPUTS ??= '170000'
await import('../breaking/any-input.test.ts')
await import('../breaking/any-oncall-answer.test.ts')
