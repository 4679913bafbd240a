// The same kills at random moments as in the short run, twenty of them.
process.env.ONSET_KILLS ??= '20'
await import('../breaking/run-killed.test.ts')
