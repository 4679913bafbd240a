// The same comparison with brute force as in the short run, over ten times as many histories.
process.env.ONSET_ORACLE_RUNS ??= '1000000'
await import('../check/against-oracle.test.ts')
await import('../check/several-against-oracle.test.ts')
