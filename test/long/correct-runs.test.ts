// The same runs of correct limiters as in the short run, in hundreds.
process.env.ONSET_CORRECT_RUNS ??= '600'
await import('../check/correct-runs.test.ts')
