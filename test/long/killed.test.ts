// The same kills at random moments as in the short run, twenty of Onset and twenty of its k6.
process.env.ONSET_KILLS ??= '20'
await import('../breaking/run-killed.test.ts')
await import('../breaking/run-k6-killed.test.ts')
